//! Users, sessions, tokens, failed sign-ins and answers that are given again.

use std::time::Duration;

use runnel_model::TenantId;
use runnel_store::{
    Actor, Changed, Grant, Keyed, NewToken, NewUser, PasswordHash, Remembered, SecretDigest,
    StoredAnswer, User, UserChange, UserRole,
};
use serde_json::json;

use super::world::World;

const HOUR: Duration = Duration::from_secs(3_600);
const NOTHING: Duration = Duration::ZERO;

fn by() -> Actor {
    Actor::user("root")
}

fn secret(text: &str) -> SecretDigest {
    SecretDigest(text.to_owned())
}

fn all(role: UserRole) -> Grant {
    Grant { tenant: None, role }
}

fn new(name: &str, grants: Vec<Grant>) -> NewUser {
    NewUser {
        name: name.to_owned(),
        password: PasswordHash(format!("hash of {name}")),
        grants,
    }
}

/// An admin of all tenants.
async fn root(world: &World) -> User {
    let link = secret("link");
    world.store.offer_setup(&link).await.unwrap();
    let root = new("root", vec![all(UserRole::Admin)]);
    assert!(world.store.set_up(&link, &root).await.unwrap());
    world.store.user("root").await.unwrap().unwrap().0
}

pub(crate) async fn the_first_user_is_made_once_and_with_a_link_alone(world: World) {
    let store = &world.store;
    assert!(store.needs_setup().await.unwrap());
    let root = new("root", vec![all(UserRole::Admin)]);
    assert!(!store.set_up(&secret("made up"), &root).await.unwrap());
    let (a, b) = (secret("a"), secret("b"));
    store.offer_setup(&a).await.unwrap();
    store.offer_setup(&b).await.unwrap();
    let other = new("other", vec![all(UserRole::Admin)]);
    let (one, two) = tokio::join!(store.set_up(&a, &root), store.set_up(&b, &other));
    assert!(one.unwrap() != two.unwrap());
    assert!(!store.needs_setup().await.unwrap());
    assert!(!store.set_up(&a, &new("late", vec![])).await.unwrap());
}

pub(crate) async fn a_user_has_a_name_of_its_own_and_the_grants_it_was_given(world: World) {
    root(&world).await;
    let store = &world.store;
    let tenant = Some(world.integration.tenant);
    let grants = vec![Grant {
        tenant,
        role: UserRole::Operator,
    }];
    let eve = new("eve", grants.clone());
    assert!(store.add_user(&eve, &by()).await.unwrap());
    assert!(!store.add_user(&eve, &by()).await.unwrap());
    let (found, password) = store.user("eve").await.unwrap().unwrap();
    assert_eq!((found.grants, password), (grants, eve.password));
    let names = |users: Vec<User>| users.into_iter().map(|user| user.name).collect::<Vec<_>>();
    assert_eq!(names(store.users("", 10).await.unwrap()), ["eve", "root"]);
    assert_eq!(names(store.users("eve", 10).await.unwrap()), ["root"]);
    assert_eq!(store.user("nobody").await.unwrap(), None);
}

pub(crate) async fn the_last_admin_of_all_tenants_stays(world: World) {
    root(&world).await;
    let store = &world.store;
    let out = UserChange {
        disabled: Some(true),
        ..UserChange::default()
    };
    let less = UserChange {
        grants: Some(vec![all(UserRole::Operator)]),
        ..UserChange::default()
    };
    for change in [&out, &less] {
        let changed = store.change_user("root", change, &by()).await.unwrap();
        assert_eq!(changed, Changed::LastAdmin);
    }
    let removed = store.remove_user("root", &by()).await.unwrap();
    assert_eq!(removed, Changed::LastAdmin);
    let (root, _) = store.user("root").await.unwrap().unwrap();
    assert_eq!(
        (root.disabled, root.grants),
        (false, vec![all(UserRole::Admin)])
    );
    let other = new("other", vec![all(UserRole::Admin)]);
    assert!(store.add_user(&other, &by()).await.unwrap());
    // Two who shut each other out at once are not both gone.
    let by = by();
    let (one, two) = tokio::join!(
        store.change_user("root", &out, &by),
        store.remove_user("other", &by)
    );
    let mut both = [one.unwrap(), two.unwrap()];
    both.sort_unstable_by_key(|changed| *changed != Changed::Done);
    assert_eq!(both, [Changed::Done, Changed::LastAdmin]);
    let changed = store.change_user("nobody", &out, &by).await.unwrap();
    assert_eq!(changed, Changed::NoSuch);
}

pub(crate) async fn every_change_of_a_user_leaves_a_row_in_the_audit_log(world: World) {
    root(&world).await;
    let store = &world.store;
    store.add_user(&new("eve", vec![]), &by()).await.unwrap();
    let change = UserChange {
        password: Some(PasswordHash("another hash".to_owned())),
        ..UserChange::default()
    };
    store.change_user("eve", &change, &by()).await.unwrap();
    store.remove_user("eve", &by()).await.unwrap();
    let rows = world
        .rows("SELECT action, subject FROM audit_log ORDER BY id")
        .await;
    let expected = ["add", "add", "change", "remove"].map(|what| format!("user.{what}"));
    let actions: Vec<_> = rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(actions, expected);
    let told = world
        .number("SELECT COUNT(*) FROM audit_log WHERE detail LIKE '%hash%'")
        .await;
    assert_eq!(told, 0);
}

pub(crate) async fn a_session_is_its_users_until_it_ends(world: World) {
    let root = root(&world).await;
    let store = &world.store;
    let (one, two) = (secret("1"), secret("2"));
    for secret in [&one, &two] {
        store.open_session(root.id, secret, HOUR).await.unwrap();
    }
    let of = async |secret: &SecretDigest| store.session(secret, HOUR, 2 * HOUR).await.unwrap();
    assert_eq!(of(&one).await, Some(root.clone()));
    assert_eq!(of(&secret("4")).await, None);
    store.sign_out(&one, &by()).await.unwrap();
    assert_eq!(of(&one).await, None);
    assert_eq!(of(&two).await, Some(root.clone()));
    let late = secret("late");
    store.open_session(root.id, &late, NOTHING).await.unwrap();
    assert_eq!(of(&late).await, None);
}

pub(crate) async fn signing_in_and_out_leaves_rows_in_the_audit_log(world: World) {
    let root = root(&world).await;
    let store = &world.store;
    let (session, other) = (secret("session"), secret("other"));
    store.sign_in(&root, &session, HOUR).await.unwrap();
    assert_eq!(
        store.session(&session, HOUR, HOUR).await.unwrap(),
        Some(root.clone())
    );
    for secret in [&session, &session, &other] {
        store.sign_out(secret, &by()).await.unwrap();
    }
    assert_eq!(store.session(&session, HOUR, HOUR).await.unwrap(), None);
    let rows =
        "SELECT actor, action, subject FROM audit_log WHERE action LIKE 'session.%' ORDER BY id";
    let expected = ["session.open", "session.close"].map(|action| json!(["root", action, "root"]));
    assert_eq!(world.rows(rows).await, expected);
}

pub(crate) async fn whoever_is_shut_out_has_no_session_and_no_token(world: World) {
    root(&world).await;
    let store = &world.store;
    store
        .add_user(&new("eve", vec![all(UserRole::Viewer)]), &by())
        .await
        .unwrap();
    let (eve, _) = store.user("eve").await.unwrap().unwrap();
    let (session, token) = (secret("session"), secret("token"));
    store.open_session(eve.id, &session, HOUR).await.unwrap();
    let made = NewToken {
        name: "ci".to_owned(),
        grants: vec![all(UserRole::Viewer)],
        secret: token.clone(),
        lasts: HOUR,
    };
    store.add_api_token(eve.id, &made, &by()).await.unwrap();
    let (_, found) = store.api_token(&token).await.unwrap().unwrap();
    assert_eq!(found.grants, made.grants);
    let out = UserChange {
        disabled: Some(true),
        ..UserChange::default()
    };
    store.change_user("eve", &out, &by()).await.unwrap();
    assert_eq!(store.session(&session, HOUR, HOUR).await.unwrap(), None);
    assert_eq!(store.api_token(&token).await.unwrap(), None);
}

pub(crate) async fn a_token_is_its_owners_to_take_back(world: World) {
    let root = root(&world).await;
    let store = &world.store;
    store.add_user(&new("eve", vec![]), &by()).await.unwrap();
    let (eve, _) = store.user("eve").await.unwrap().unwrap();
    let made = NewToken {
        name: "ci".to_owned(),
        grants: vec![Grant {
            tenant: Some(TenantId(1)),
            role: UserRole::Viewer,
        }],
        secret: secret("token"),
        lasts: HOUR,
    };
    let token = store.add_api_token(root.id, &made, &by()).await.unwrap();
    assert!(
        !store
            .remove_api_token(eve.id, token.id, &by())
            .await
            .unwrap()
    );
    assert_eq!(
        store.api_tokens(root.id, 0, 10).await.unwrap(),
        std::slice::from_ref(&token)
    );
    assert_eq!(store.api_tokens(root.id, token.id, 10).await.unwrap(), []);
    assert!(
        store
            .remove_api_token(root.id, token.id, &by())
            .await
            .unwrap()
    );
    assert_eq!(store.api_token(&made.secret).await.unwrap(), None);
}

pub(crate) async fn sign_ins_that_fail_are_counted_by_whom_and_from_where(world: World) {
    let store = &world.store;
    for _ in 0..3 {
        store
            .note_failure(&["name:eve", "address:::1"], HOUR)
            .await
            .unwrap();
    }
    assert_eq!(store.failures("name:eve", HOUR).await.unwrap(), 3);
    assert_eq!(store.failures("name:root", HOUR).await.unwrap(), 0);
    store
        .forget_failures("name:eve", "address:::1")
        .await
        .unwrap();
    assert_eq!(store.failures("name:eve", HOUR).await.unwrap(), 0);
    assert_eq!(store.failures("address:::1", HOUR).await.unwrap(), 2);
}

pub(crate) async fn of_the_same_change_asked_for_twice_one_is_made(world: World) {
    let root = root(&world).await;
    let store = &world.store;
    let asked = |request: &str| Keyed {
        user: root.id,
        key: "k".to_owned(),
        request: secret(request),
    };
    let same = asked("same");
    let begin = async |asked: &Keyed| store.begin_keyed(asked, HOUR, HOUR).await.unwrap();
    let (one, two) = tokio::join!(begin(&same), begin(&same));
    let expected = [Remembered::New, Remembered::UnderWay];
    assert!(expected.contains(&one) && expected.contains(&two) && one != two);
    assert_eq!(begin(&asked("other")).await, Remembered::Other);
    let answer = StoredAnswer {
        status: 201,
        content_type: "application/json".to_owned(),
        body: b"{}".to_vec(),
    };
    store.answer_keyed(&same, &answer).await.unwrap();
    assert_eq!(begin(&same).await, Remembered::Answered(answer));
    // What was answered is not forgotten, what was not is.
    store.forget_keyed(&same).await.unwrap();
    assert!(matches!(begin(&same).await, Remembered::Answered(_)));
    let mut again = asked("x");
    again.key = "another".to_owned();
    assert_eq!(begin(&again).await, Remembered::New);
    store.forget_keyed(&again).await.unwrap();
    assert_eq!(begin(&again).await, Remembered::New);
    assert_eq!(json!(root.name), "root");
}
