//! Texts as people vary them: the same but for case, blanks and punctuation, or but for a letter or two.

/// A text reduced to what counts when two are compared: lower-case letters and digits, full-width forms
/// as their plain ones, nothing else. A text of punctuation alone stays as it is.
#[must_use]
pub fn normalise(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(half_width)
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect();
    if plain.is_empty() {
        text.trim().to_owned()
    } else {
        plain
    }
}

fn half_width(c: char) -> char {
    match u32::from(c) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// How many letters one may differ by, for a text of this many letters, and still be taken for a slip.
#[must_use]
pub const fn slack(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The number of letters to add, drop, change or swap with their neighbour to make one text the other;
/// `None` when it is more than `max`.
#[must_use]
pub fn distance(one: &str, other: &str, max: usize) -> Option<usize> {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > max {
        return None;
    }
    // Three rows of the table of prefixes: the one before last, the last, and the one being filled.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = None;
    for (row, a) in one.iter().enumerate() {
        let mut now = Vec::with_capacity(last.len());
        now.push(row + 1);
        for (column, b) in other.iter().enumerate() {
            let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX);
            let changed = at(&last, column).saturating_add(usize::from(a != b));
            let dropped = at(&last, column + 1).saturating_add(1);
            let added = at(&now, column).saturating_add(1);
            let mut best = changed.min(dropped).min(added);
            let is_swap = column > 0 && previous == Some(b) && other.get(column - 1) == Some(a);
            if is_swap {
                best = best.min(at(&before, column - 1).saturating_add(1));
            }
            now.push(best);
        }
        if now.iter().min().is_none_or(|least| *least > max) {
            return None;
        }
        previous = Some(a);
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().filter(|distance| *distance <= max)
}

/// A cell safe in a spreadsheet: one that a spreadsheet would read as a formula gets an apostrophe in
/// front (CWE-1236). [`unescape`] takes it off again, so that what we wrote is read as it was.
#[must_use]
pub fn escape(cell: &str) -> String {
    if is_formula_like(cell) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// A cell without the apostrophe that [`escape`] put there.
#[must_use]
pub fn unescape(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula_like(rest) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet would run the cell; one already escaped is escaped once more, so that the way
/// back is certain.
fn is_formula_like(cell: &str) -> bool {
    let mut chars = cell.trim_start_matches('\'').chars();
    matches!(
        chars.next(),
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠')
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_blanks_and_punctuation_do_not_count() {
        assert_eq!(normalise("GTXPro"), normalise("GTX Pro"));
        assert_eq!(normalise("Ｇｔｘ－Pro"), normalise("gtx pro"));
        assert_eq!(normalise("大客户（华东）"), normalise("大客户(华东)"));
        assert_ne!(normalise("GTX Pro"), normalise("GTX Plus Pro"));
        assert_eq!(normalise("--"), "--");
    }

    #[test]
    fn slips_of_a_letter_or_two_are_near() {
        for (one, other, steps) in [
            ("technolgy", "technology", Some(1)),
            ("philipines", "philippines", Some(1)),
            ("recieve", "receive", Some(1)),
            ("kitten", "sitting", None),
            ("", "ab", Some(2)),
            ("同方", "同方", Some(0)),
        ] {
            assert_eq!(distance(one, other, 2), steps, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_zero_only_for_equals(one in "[a-c]{0,8}", other in "[a-c]{0,8}") {
            let there = distance(&one, &other, 8);
            prop_assert_eq!(there, distance(&other, &one, 8));
            prop_assert_eq!(there == Some(0), one == other);
            // A smaller limit never changes the figure, only whether it is told.
            for max in 0..8 {
                prop_assert_eq!(distance(&one, &other, max), there.filter(|steps| *steps <= max));
            }
        }

        #[test]
        fn an_escaped_cell_comes_back_as_it_was(cell in "['=+@\\t\\x00a-]{0,6}|.*") {
            let safe = escape(&cell);
            prop_assert_eq!(unescape(&safe), cell.as_str());
            let is_risky = matches!(safe.chars().next(), Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\0'));
            prop_assert!(!is_risky, "{safe:?}");
        }
    }
}
