//! The word that was probably meant.

/// The known word that is nearest to an unknown one, if one is near. A key's last
/// part counts too: `extract` is near `workers.extract`.
pub(crate) fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let last = |key: &str| key.rsplit('.').next().map(str::to_owned);
    let distance = |key: &str| {
        let whole = strsim::damerau_levenshtein(unknown, key);
        let parts = last(unknown)
            .zip(last(key))
            .map_or(whole, |(a, b)| strsim::damerau_levenshtein(&a, &b));
        // The whole first: `log.format` is not meant by `log.filte`.
        (whole.min(parts + 1), whole)
    };
    let within = |key: &&str| distance(key).0 <= unknown.len().div_ceil(4).max(2);
    known.filter(within).min_by_key(|key| distance(key))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_found_if_one_is_near() {
        let known = [
            "database",
            "workers.extract",
            "workers.load",
            "log.filter",
            "keys",
        ];
        let meant = |unknown| nearest(unknown, known.into_iter());
        assert_eq!(meant("databse"), Some("database"));
        assert_eq!(meant("workers.exract"), Some("workers.extract"));
        assert_eq!(meant("extract"), Some("workers.extract"));
        assert_eq!(meant("worker.load"), Some("workers.load"));
        assert_eq!(meant("log.filte"), Some("log.filter"));
        assert_eq!(meant("colour"), None);
    }
}
