//! An author's loop: `runnel plugin new`, `build`, `test` and `watch`.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::harness::{Place, Said, repository, said};

/// What is typed after `runnel plugin new`, and what the answer has to say.
const MISTAKES: [(&[&str], &str); 6] = [
    (&["demo_things"], "--source"),
    (&["Demo-Things", "--source", "demo"], "lower-case letter"),
    (&["demo_things", "--source", "de mo"], "lower-case letter"),
    (&["there", "--source", "demo"], "there is there already"),
    (
        &["demo_things", "--source", "demo", "--dir", "there"],
        "nothing is overwritten",
    ),
    (
        &["demo_things", "--source", "demo", "--sdk", "there"],
        "plugins/sdk in a checkout",
    ),
];

#[test]
fn a_mistake_is_answered_in_one_line_and_nothing_is_made() {
    for (words, expected) in MISTAKES {
        let place = Place::new();
        fs::create_dir(place.path("there")).unwrap();
        let said = place.run(&[&["plugin", "new"], words].concat());
        let line = said.line(2);
        assert!(line.contains(expected), "{words:?}: {line}");
        assert!(!place.path("demo_things").exists(), "{words:?}");
        assert_eq!(fs::read_dir(place.path("there")).unwrap().count(), 0);
    }
}

#[test]
fn a_folder_that_cannot_be_watched_is_refused_before_anything_is_built() {
    let said = Place::new().run(&["plugin", "watch", "nowhere"]);
    assert!(said.line(2).contains("no Cargo.toml"), "{said:?}");
}

/// A crate that was just made, in a folder far from this repository.
struct Crate(Place);

impl Crate {
    fn new() -> Self {
        let place = Place::new();
        let said = place.run(&["plugin", "new", "demo_things", "--source", "demo"]);
        assert_eq!(said.status, Some(0), "{said:?}");
        assert!(
            said.stdout.contains("runnel plugin build demo_things"),
            "{said:?}"
        );
        Self(place)
    }

    /// The standard library was built for the plugins of this repository already,
    /// where it had to be.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(arguments);
        command.env("CARGO_TARGET_DIR", repository().join("target"));
        command
    }

    fn test(&self, more: &[&str]) -> Said {
        let words = ["plugin", "test", "out/demo_things.wasm", "--records"];
        self.0
            .run(&[&words, &["demo_things/cases.jsonl"][..], more].concat())
    }

    /// What is installed where it is watched.
    fn versions(&self) -> Value {
        let words = ["plugin", "versions", "demo_things", "--json"];
        let said = self
            .0
            .run(&[&words[..], &["--database", "sqlite:watched.db"]].concat());
        let rows: Vec<Value> = serde_json::from_str(&said.stdout).unwrap();
        rows.into_iter().next().unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path("demo_things").join(name)).unwrap()
    }

    fn save(&self, name: &str, text: &str) {
        fs::write(self.0.path("demo_things").join(name), text).unwrap();
    }
}

/// `runnel plugin watch`, and what it prints.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(made: &Crate) -> Self {
        let mut child = made
            .command(&["plugin", "watch", "demo_things", "--out", "out"])
            .args(["--database", "sqlite:watched.db"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                // The test has seen enough.
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// All lines up to one that says this.
    fn until(&self, expected: &str) -> String {
        let (begun, mut seen) = (Instant::now(), String::new());
        while begun.elapsed() < Duration::from_secs(120) {
            if let Ok(line) = self.lines.recv_timeout(Duration::from_secs(1)) {
                seen += &line;
                seen += "\n";
                if line.contains(expected) {
                    return seen;
                }
            }
        }
        panic!("no line says {expected:?}:\n{seen}");
    }

    /// Ctrl-C.
    fn stop(mut self) -> Option<i32> {
        let sent = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It has ended by itself, unless the test failed.
        let _ended = self.child.kill();
    }
}

/// What a title goes through in code that does harm at one of them.
const TRAP: &str = "\nfn trap(title: String) -> Result<String, String> {\n    \
    HARM\n    Ok(title)\n}\n";

/// The code of the crate with this harm in it, at the second record.
fn harmful(code: &str, harm: &str) -> String {
    let column = "    title: String";
    let through = format!("    #[from(\"title\", with = trap)]\n{column}");
    code.replace(column, &through) + &TRAP.replace("HARM", harm)
}

/// One story, since each of its steps needs what the one before has built.
#[test]
fn a_new_crate_builds_passes_its_test_and_is_watched() {
    let made = Crate::new();
    let built = said(&mut made.command(&["plugin", "build", "demo_things", "--out", "out"]));
    assert_eq!(built.status, Some(0), "{built:?}");
    let passed = made.test(&[]);
    assert_eq!(
        (passed.status, &*passed.stdout, &*passed.stderr),
        (Some(0), "demo_things 0.1.0: 3 records as expected\n", "")
    );
    a_broken_expectation_is_shown_and_mended(&made);
    saves_are_noticed_and_what_passes_is_active(&made);
}

fn a_broken_expectation_is_shown_and_mended(made: &Crate) {
    let golden = made.read("cases.jsonl");
    made.save(
        "cases.jsonl",
        &golden.replace("\"author\": \"ada\"", "\"author\": \"bob\""),
    );
    let failed = made.test(&[]);
    assert_eq!(failed.status, Some(1), "{failed:?}");
    assert!(
        failed.stdout.starts_with(
            "line 1 (as usual): not as expected\n  things.author\n    expected  \"bob\"\n    got       \"ada\"\n"
        ),
        "{}",
        failed.stdout
    );
    assert_eq!(
        failed.stderr,
        "runnel: demo_things 0.1.0: 1 of 3 records not as expected\n"
    );
    for written in [
        "3 records as expected; 1 outcome written\n",
        "3 records as expected\n",
    ] {
        let updated = made.test(&["--update"]);
        assert_eq!(updated.status, Some(0), "{updated:?}");
        assert!(updated.stdout.ends_with(written), "{}", updated.stdout);
        assert_eq!(made.read("cases.jsonl"), golden);
    }
}

fn saves_are_noticed_and_what_passes_is_active(made: &Crate) {
    let watch = Watch::start(made);
    watch.until("3 records as expected; active in sqlite:watched.db");
    let first = made.versions();
    assert_eq!(
        (&first["active"], &first["dev"]),
        (&true.into(), &true.into())
    );

    let code = made.read("src/lib.rs");
    what_goes_wrong_is_reported_as_what_it_is(made, &watch);

    made.save("src/lib.rs", "what is no Rust");
    watch.until("src/lib.rs: cargo could not build");
    made.save("src/lib.rs", &code);
    let said = watch.until("src/lib.rs: demo_things 0.1.0 built in");
    assert!(said.contains("; active in sqlite:watched.db"), "{said}");
    assert_eq!(made.versions()["digest"], first["digest"]);
    let other = code.replace(
        "    title: String",
        "    /// As people see it.\n    title: String",
    );
    made.save("src/lib.rs", &other);
    watch.until("active in sqlite:watched.db");
    let then = made.versions();
    assert_eq!(
        (&then["active"], &then["dev"]),
        (&true.into(), &true.into())
    );
    assert_ne!(then["digest"], first["digest"]);
    assert_eq!(watch.stop(), Some(0));
}

fn what_goes_wrong_is_reported_as_what_it_is(made: &Crate, watch: &Watch) {
    let code = made.read("src/lib.rs");
    for (does, verdict) in [
        (
            "panic!(\"not that one\")",
            "the plugin trapped\n    it panicked",
        ),
        ("loop { std::hint::spin_loop() }", "the limit of time"),
        (
            "std::hint::black_box(vec![1_u8; 1 << 30]);",
            "the limit of memory",
        ),
    ] {
        let harm = format!("if title == \"Second\" {{ {does} }}");
        made.save("src/lib.rs", &harmful(&code, &harm));
        let said = watch.until("src/lib.rs: demo_things 0.1.0: 1 of 3 records not as expected");
        let second = said.contains("line 2 (of a deleted account): the plugin");
        assert!(second && said.contains(verdict), "{said}");
    }
}
