//! Where plugins and compiled plugins are, unless somebody says so.

use std::path::{Path, PathBuf};

use crate::{environment::Environment, failure::Failure};

/// The folder of the plugins: `--plugins`, else `RUNNEL_PLUGINS`, else the first
/// of [`beside`] that there is.
pub(crate) fn plugins(flag: Option<&Path>, environment: &Environment) -> Result<PathBuf, Failure> {
    if let Some(named) = flag
        .map(Path::to_owned)
        .or_else(|| environment.path("RUNNEL_PLUGINS"))
    {
        return Ok(named);
    }
    let executable = std::env::current_exe().map_err(|error| {
        anyhow::anyhow!("the folder of this program is not known ({error}): name --plugins")
    })?;
    let candidates = beside(&executable);
    if let Some(found) = candidates.iter().find(|folder| folder.is_dir()) {
        return Ok(found.clone());
    }
    let looked: Vec<String> = candidates
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    Err(Failure::Work(anyhow::anyhow!(
        "no plugins folder was found ({}): build the plugins (`make plugins`), or name their folder with --plugins",
        looked.join(", ")
    )))
}

/// Where plugins are looked for, seen from the program: next to it, in the
/// checkout whose `target/<profile>/` it stands in, and where a package puts them.
fn beside(executable: &Path) -> Vec<PathBuf> {
    let folder = executable.parent().unwrap_or(Path::new("."));
    let above = folder.parent().unwrap_or(folder);
    vec![
        folder.join("plugins"),
        above.join("plugins/components"),
        above.join("lib/runnel/plugins"),
    ]
}

/// The folder of compiled plugins: `RUNNEL_CACHE`, else this user's cache. None
/// where there is no such place (a service without a home): plugins are then
/// compiled at each start.
pub(crate) fn cache(environment: &Environment) -> Option<PathBuf> {
    if let Some(named) = environment.path("RUNNEL_CACHE") {
        return Some(named);
    }
    let user = environment
        .path("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute());
    let user = user.or_else(|| environment.path("HOME").map(|home| home.join(".cache")))?;
    let folder = user.join("runnel");
    std::fs::create_dir_all(&folder).is_ok().then_some(folder)
}

/// The file that `docker login` writes, whether it is there or not.
pub(crate) fn logins(environment: &Environment) -> Option<PathBuf> {
    let home = || Some(environment.path("HOME")?.join(".docker"));
    let folder = environment.path("DOCKER_CONFIG").or_else(home)?;
    Some(folder.join("config.json"))
}

#[cfg(test)]
mod tests {
    use super::{beside, cache, logins, plugins};
    use crate::environment::Environment;
    use std::path::{Path, PathBuf};

    #[test]
    fn the_flag_goes_before_the_variable() {
        let environment = Environment::of(&[("RUNNEL_PLUGINS", "/variable")]);
        assert_eq!(
            plugins(Some(Path::new("/flag")), &environment).unwrap(),
            PathBuf::from("/flag")
        );
        assert_eq!(
            plugins(None, &environment).unwrap(),
            PathBuf::from("/variable")
        );
    }

    #[test]
    fn a_build_in_a_checkout_finds_the_plugins_built_there() {
        let found = beside(Path::new("/src/runnel/target/release/runnel"));
        assert!(
            found.contains(&PathBuf::from("/src/runnel/target/plugins/components")),
            "{found:?}"
        );
    }

    #[test]
    fn an_installed_program_finds_the_plugins_of_its_prefix() {
        let found = beside(Path::new("/usr/local/bin/runnel"));
        assert!(
            found.contains(&PathBuf::from("/usr/local/lib/runnel/plugins")),
            "{found:?}"
        );
    }

    #[test]
    fn without_a_home_there_is_no_cache() {
        assert_eq!(cache(&Environment::of(&[])), None);
        assert_eq!(cache(&Environment::of(&[("HOME", "/proc/nowhere")])), None);
    }

    #[test]
    fn logins_are_where_docker_has_them() {
        let variables = [("DOCKER_CONFIG", "/docker"), ("HOME", "/root")];
        let named = logins(&Environment::of(&variables));
        assert_eq!(named, Some("/docker/config.json".into()));
        let home = logins(&Environment::of(&variables[1..]));
        assert_eq!(home, Some("/root/.docker/config.json".into()));
        assert_eq!(logins(&Environment::of(&[])), None);
    }

    #[test]
    fn the_cache_that_is_named_is_used() {
        let environment = Environment::of(&[("RUNNEL_CACHE", "/cache"), ("HOME", "/root")]);
        assert_eq!(cache(&environment), Some("/cache".into()));
    }
}
