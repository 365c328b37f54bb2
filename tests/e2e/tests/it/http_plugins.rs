//! Versions of plugins, through the HTTP API.

use runnel_e2e::{Caller, Kind, Platform, Served, later_prs, pulls};
use serde_json::{Value, json};

/// The versions of `github_prs` that are said to do the work, and where each is.
async fn active(admin: &Caller) -> Vec<(String, String)> {
    let page = admin.json("/plugins?limit=200").await;
    let mut plugins = page["items"].as_array().expect("items").iter();
    let prs = plugins.find(|plugin| plugin["name"] == "github_prs");
    let versions = prs.expect("the plugin")["versions"].as_array();
    let text = |version: &Value, name: &str| version[name].as_str().expect("a text").to_owned();
    let active = versions.expect("versions").iter();
    let active = active.filter(|version| version["active"] == true);
    active
        .map(|version| (text(version, "version"), text(version, "from")))
        .collect()
}

fn one(version: &str, from: &str) -> Vec<(String, String)> {
    vec![(version.to_owned(), from.to_owned())]
}

/// A host goes over to what is active a moment later: what it does by then is not shown
/// as what the folder has.
#[tokio::test]
async fn what_is_active_is_shown_as_soon_as_it_is_changed() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    let later = later_prs("2.0.0", &platform.path("")).await;
    platform.install(&later).await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    assert_eq!(active(&admin).await, one("0.1.0", "folder"));
    for _ in 0..3 {
        let version = json!({ "version": "2.0.0" });
        let done = admin.post("/plugins/github_prs/activate", &version).await;
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!(active(&admin).await, one("2.0.0", "database"));
        followed(&admin, "2.0.0").await;
        let why = json!({ "reason": "it is wrong" });
        let done = admin.post("/plugins/github_prs/rollback", &why).await;
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!(active(&admin).await, one("0.1.0", "folder"));
        followed(&admin, "0.1.0").await;
    }
    let rows = admin.json("/audit?action=plugin.roll_back").await;
    assert_eq!(
        rows["items"][0]["detail"]["reason"], "it is wrong",
        "{rows}"
    );
    served.host.stopped().await;
}

/// Who means a trial that has ended meanwhile takes no activation back.
#[tokio::test]
async fn a_trial_that_has_ended_is_not_broken_off_and_nothing_follows_from_it() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    for version in ["2.0.0", "3.0.0"] {
        let later = later_prs(version, &platform.path("")).await;
        platform.install(&later).await;
    }
    platform
        .json(&["plugin", "activate", "github_prs@2.0.0"])
        .await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    let shadow = json!({ "plugin": "github_prs", "version": "3.0.0", "kind": "shadow" });
    let trial = admin.post("/trials", &shadow).await;
    assert_eq!(trial.status, 201, "{trial:?}");
    let trial = trial.json()["id"].clone();
    let meant = json!({ "trial": trial });
    let after = json!({ "trial": trial, "version": "3.0.0" });
    let ended = admin.post("/plugins/github_prs/rollback", &meant).await;
    assert_eq!(ended.json()["trial"], "3.0.0", "{ended:?}");
    for (what, body) in [("rollback", &meant), ("activate", &after)] {
        let path = format!("/plugins/github_prs/{what}");
        let refused = admin.post(&path, body).await;
        refused.refused(409);
        assert!(refused.text.contains("does not go on"), "{refused:?}");
    }
    assert_eq!(active(&admin).await, one("2.0.0", "database"));
    served.host.stopped().await;
}

/// Waits until the host does its work by this version.
async fn followed(admin: &Caller, version: &str) {
    let wanted = json!(version);
    loop {
        let flow = admin.json("/flow").await;
        let mut transforms = flow["transforms"].as_array().expect("transforms").iter();
        let prs = transforms.find(|transform| transform["plugin"] == "github_prs");
        if prs.is_some_and(|prs| prs["version"] == wanted) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
