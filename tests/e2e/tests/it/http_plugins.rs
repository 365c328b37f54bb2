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
