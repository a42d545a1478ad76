//! Texts as people compare them.

/// A text without blanks at its ends and in lower-case letters, one by one: `Σ` is `σ` wherever it stands,
/// so that equal letters are equal texts. (`str::to_lowercase` minds a word's end, and brings tables for that
/// into every browser.)
#[must_use]
pub fn folded(text: &str) -> String {
    text.trim().chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_at_the_ends_do_not_count() {
        assert_eq!(folded("  GTX Pro "), "gtx pro");
        assert_eq!(folded("ΟΔΟΣ"), folded("οδοσ"));
        assert_eq!(folded("华为"), "华为");
    }
}
