//! How keys are written.

use proptest::prelude::*;
use runnel_secrets::{ExposeSecret, KeyId, KeyRing, SecretsError};

use crate::{NEW, OLD};

fn ids(text: &str) -> Result<Vec<String>, SecretsError> {
    KeyRing::parse(text).map(|ring| ring.ids().map(KeyId::to_string).collect())
}

#[test]
fn keys_stand_on_lines_or_between_commas_with_comments() {
    let texts = [
        format!("{NEW}\n{OLD}\n"),
        format!("{NEW},{OLD}"),
        format!("# since January\r\n{NEW} # the first one wraps\r\n\r\n , {OLD} ,\r\n"),
    ];
    for text in texts {
        assert_eq!(ids(&text).unwrap(), ["2026", "2025"], "{text:?}");
    }
}

#[test]
fn a_new_key_reads_back_and_is_another_one_each_time() {
    let [a, b] = [(); 2].map(|()| KeyRing::generate().unwrap());
    assert_ne!(a.expose_secret(), b.expose_secret());
    let both = format!("{}\n{}\n", a.expose_secret(), b.expose_secret());
    assert_eq!(ids(&both).unwrap().len(), 2);
}

#[test]
fn without_a_key_the_message_says_how_to_make_one() {
    for text in ["", "\n", " # none yet\n,"] {
        let error = ids(text).unwrap_err().to_string();
        for part in [
            "runnel key new > runnel.key",
            "--key-file",
            "RUNNEL_KEY_FILE",
            "RUNNEL_KEYS",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }
}

#[test]
fn a_wrong_key_is_counted_and_not_shown() {
    let wrong = [
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", // no id
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:2025", // the wrong way round
        "2025:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", // 31 bytes
        "2025:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAAEC", // 36 bytes
        "2025:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAAECAAECAAECAAEC", // no end
        "2025:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 ", // no padding
        "2025:",
        ":AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "two words:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ];
    for wrong in wrong {
        let error = ids(&format!("{NEW}\n{wrong}")).unwrap_err();
        assert!(
            matches!(error, SecretsError::Entry { number: 2, .. }),
            "{wrong}: {error}"
        );
        assert!(!error.to_string().contains("AAEC"), "{error}");
    }
}

#[test]
fn two_keys_of_one_id_are_refused() {
    let other = NEW.replacen("2026", "2025", 1);
    let error = ids(&format!("{OLD},{other}")).unwrap_err();
    assert!(
        error.to_string().contains("two keys with the id 2025"),
        "{error}"
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "(?s).{0,120}") {
        let _refused_or_not = KeyRing::parse(&text);
    }
}
