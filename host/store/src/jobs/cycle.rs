//! Jobs that would wait for ever: for each other, or for one that is not there.

use std::collections::BTreeMap;

use crate::StoreError;

/// Looks for a way from one of the jobs back to itself, given what each job
/// depends on.
pub(crate) fn refuse_cycles<'a>(
    jobs: impl IntoIterator<Item = &'a str>,
    depends_on: &BTreeMap<String, Vec<String>>,
) -> Result<(), StoreError> {
    for job in jobs {
        if let Some(chain) = way_back(job, depends_on) {
            return Err(StoreError::Cycle {
                job: job.to_owned(),
                chain: chain.join(" -> "),
            });
        }
    }
    Ok(())
}

/// The most names that a refusal says there are.
const SHOWN: usize = 12;

/// Looks for a name among what a job is to depend on that is none of the jobs.
pub(crate) fn refuse_unknown(
    on: &[String],
    depends_on: &BTreeMap<String, Vec<String>>,
) -> Result<(), StoreError> {
    let Some(unknown) = on.iter().find(|name| !depends_on.contains_key(*name)) else {
        return Ok(());
    };
    let names: Vec<&str> = depends_on.keys().map(String::as_str).collect();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Err(StoreError::NoSuchJob {
        job: unknown.clone(),
        there_are: names[..names.len().min(SHOWN)].join(", ") + &more,
    })
}

fn way_back<'a>(
    job: &'a str,
    depends_on: &'a BTreeMap<String, Vec<String>>,
) -> Option<Vec<&'a str>> {
    let mut seen = std::collections::BTreeSet::new();
    let mut ways = vec![vec![job]];
    while let Some(way) = ways.pop() {
        let last = way.last().copied().unwrap_or(job);
        for next in depends_on.get(last).into_iter().flatten() {
            let mut longer = way.clone();
            longer.push(next);
            if next == job {
                return Some(longer);
            }
            if seen.insert(next.as_str()) {
                ways.push(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{refuse_cycles, refuse_unknown};

    fn depends_on(pairs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        pairs
            .iter()
            .map(|(job, on)| {
                (
                    (*job).to_owned(),
                    on.iter().map(|&n| n.to_owned()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn a_way_back_to_a_job_is_shown() {
        let depends_on = depends_on(&[("a", &["b"]), ("b", &["d", "c"]), ("c", &["a"])]);
        let error = refuse_cycles(["a"], &depends_on).unwrap_err();
        assert!(error.to_string().contains("a -> b -> c -> a"), "{error}");
        let alone = self::depends_on(&[("a", &["a"])]);
        assert!(refuse_cycles(["a"], &alone).is_err());
    }

    #[test]
    fn a_name_that_is_no_jobs_is_told_with_those_that_are() {
        let names: Vec<String> = (10..30).map(|n| format!("job_{n}")).collect();
        let pairs: Vec<(&str, &[&str])> = names.iter().map(|n| (n.as_str(), &[][..])).collect();
        let depends_on = depends_on(&pairs);
        let known = ["job_10".to_owned()];
        assert!(refuse_unknown(&known, &depends_on).is_ok());
        let unknown = ["job_10".to_owned(), "job_1".to_owned()];
        let error = refuse_unknown(&unknown, &depends_on)
            .unwrap_err()
            .to_string();
        assert!(error.contains("\"job_1\""), "{error}");
        assert!(error.contains("job_21, and 8 more"), "{error}");
    }

    #[test]
    fn two_ways_to_the_same_job_are_no_cycle() {
        let depends_on = depends_on(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d"])]);
        assert!(refuse_cycles(["a", "b", "c", "d"], &depends_on).is_ok());
    }
}
