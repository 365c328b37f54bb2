//! The people.

const NAMES: [&str; 16] = [
    "Ada Lovelace",
    "Alan Turing",
    "Barbara Liskov",
    "Dennis Ritchie",
    "Edsger Dijkstra",
    "Frances Allen",
    "Grace Hopper",
    "Hedy Lamarr",
    "Jean Bartik",
    "Karen Spärck Jones",
    "Leslie Lamport",
    "Margaret Hamilton",
    "Niklaus Wirth",
    "Radia Perlman",
    "Shafi Goldwasser",
    "Yukihiro Matsumoto",
];

/// The place of a person in [`World::users`](crate::world::World::users); `None`
/// where nobody is named.
pub(crate) type Who = Option<usize>;

/// A person, active or not.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// The account id of Cloud.
    pub(crate) account: String,
    /// The key of Server.
    pub(crate) key: String,
    /// The name that one logs in with on Server.
    pub(crate) name: String,
    pub(crate) display: String,
    /// Hidden on Cloud for those who chose so.
    pub(crate) hides_email: bool,
    pub(crate) state: State,
}

/// What has become of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    Inactive,
    /// Anonymised, and still named by issues.
    Deleted,
}

impl User {
    fn new(place: usize) -> Self {
        let display = match NAMES.get(place) {
            Some(name) => (*name).to_owned(),
            None => format!("Person {place}"),
        };
        let name = display.to_lowercase().replace(' ', ".").replace('ä', "a");
        // Accounts of before 2019 have an id without a colon.
        let account = match place % 2 {
            0 => format!("5b10a2844c20165700ede{place:03}"),
            _ => format!("712020:f58131cb-b67d-43c7-b30d-{place:012x}"),
        };
        Self {
            account,
            key: format!("JIRAUSER{}", 10_100 + place),
            name,
            display,
            hides_email: place % 3 == 2,
            state: State::Active,
        }
    }

    /// The address, whoever may see it.
    pub(crate) fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }
}

/// So many active people, then one who is inactive and one who was deleted.
pub(crate) fn generated(count: u32) -> Vec<User> {
    let count = count.max(1) as usize;
    let mut users: Vec<User> = (0..count + 2).map(User::new).collect();
    users[count].state = State::Inactive;
    delete(&mut users[count + 1]);
    users
}

/// Anonymises a person.
pub(crate) fn delete(user: &mut User) {
    user.state = State::Deleted;
    user.display = "Former user".to_owned();
    user.hides_email = true;
}
