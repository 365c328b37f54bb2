//! Jobs that would wait for each other for ever.

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

    use super::refuse_cycles;

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
    fn two_ways_to_the_same_job_are_no_cycle() {
        let depends_on = depends_on(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d"])]);
        assert!(refuse_cycles(["a", "b", "c", "d"], &depends_on).is_ok());
    }
}
