//! The grams of a name and of a query.
//!
//! A gram is a beginning: a letter for its sort and the text from there on. All that a query asks the
//! table is which grams begin with its text, or are its text, so that one index serves everything:
//!
//! | sort | from the start of the name | from a later part |
//! |---|---|---|
//! | characters | `C重庆银行` | `c庆银行` |
//! | spelling: pinyin and words | `Pchongqingyin` | `pqingyinhang` |
//! | first letters | `Icqyh` | `iqyh` |
//!
//! Words are also kept without one of their first letters (`T`), so that a word with one letter wrong
//! meets its name at what both have left (the idea of SymSpell).

use super::name::{Name, Unit};
use std::collections::BTreeSet;

/// The most letters of a spelling that are kept.
pub const SPELLED: usize = 12;
/// The most characters that are kept.
pub const WRITTEN: usize = 8;
/// The most first letters that are kept.
pub const INITIALS: usize = 8;
/// Ways to read a name from one place on; characters with several readings multiply them.
const READINGS: usize = 6;
/// Parts from a place on that are read in all ways; further on the usual one must do. Words in which
/// an unusual one is the rule are known to `pinyin`.
const VARIED: usize = 3;
/// Ways its first letters can be.
const LETTERS: usize = 4;
/// The first letters of a word that may hold a slip.
const SLIP: usize = 6;
/// Shorter words are not searched with slips: too much is like them.
pub const SLIP_FROM: usize = 4;
/// Words of a name that may hold a slip.
const SLIP_WORDS: usize = 4;
/// Places of a name from which it is found.
const STARTS: usize = 24;
/// The shortest end of a word it is found by.
const TAIL: usize = 3;
/// The most letters of a word that may stand among first letters as a whole.
pub const SHORT: usize = 4;

/// The grams a name is found by.
#[must_use]
pub fn of_name(name: &Name) -> BTreeSet<String> {
    let mut grams = BTreeSet::new();
    let has_sign = name.has_sign();
    for start in 0..name.core.min(STARTS) {
        let is_first = start == 0;
        let sort = |upper: char| {
            if is_first {
                upper
            } else {
                upper.to_ascii_lowercase()
            }
        };
        let Some(rest) = name.units.get(start..) else {
            break;
        };
        if has_sign {
            grams.insert(gram(sort('C'), &name.text_from(start), WRITTEN));
        }
        for spelling in spellings(rest, SPELLED, READINGS, |unit| unit.spellings().collect()) {
            grams.insert(gram(sort('P'), &spelling, SPELLED));
        }
        if rest.len() > 1 {
            let letters_of = |unit| first_letters(unit, has_sign);
            for letters in spellings(rest, INITIALS, LETTERS, letters_of) {
                grams.insert(gram(sort('I'), &letters, INITIALS));
            }
        }
        if let Some(Unit::Word(word)) = rest.first() {
            let joined = name.text_from(start);
            for (place, _) in word.char_indices().skip(1).take(SPELLED) {
                if word.len() - place >= TAIL {
                    let tail = joined.get(place..).unwrap_or_default();
                    grams.insert(gram('p', tail, SPELLED));
                }
            }
        }
    }
    let words = name
        .units
        .iter()
        .take(name.core)
        .filter_map(|unit| match unit {
            Unit::Word(word) if word.chars().count() >= SLIP_FROM => Some(word.as_str()),
            _ => None,
        });
    for word in words.take(SLIP_WORDS) {
        grams.extend(slips(word));
    }
    grams
}

/// The grams of a word with and without a slip.
#[must_use]
pub fn slips(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = word.chars().take(SLIP).collect();
    let mut grams = BTreeSet::from([format!("T{}", letters.iter().collect::<String>())]);
    for left_out in 0..letters.len() {
        let rest = letters
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != left_out)
            .map(|(_, letter)| letter);
        grams.insert(format!("T{}", rest.collect::<String>()));
    }
    grams
}

fn gram(sort: char, text: &str, length: usize) -> String {
    let mut gram = String::with_capacity(text.len() + 1);
    gram.push(sort);
    gram.extend(text.chars().take(length));
    gram
}

/// What a part is called by its first letter; a short word beside characters also by all its letters,
/// as in `gtxzn`.
fn first_letters(unit: &Unit, has_sign: bool) -> Vec<&str> {
    let first = |spelling| {
        let end = str::char_indices(spelling).nth(1);
        let end = end.map_or(spelling.len(), |(end, _)| end);
        spelling.get(..end).unwrap_or_default()
    };
    let mut letters: Vec<&str> = unit.spellings().map(first).collect();
    if let Unit::Word(word) = unit
        && has_sign
        && word.len() <= SHORT
    {
        letters.push(word);
    }
    letters
}

/// The likeliest ways to spell some parts, up to a length: at most `width` of them, those with the
/// fewest unusual readings.
fn spellings<'a>(
    units: &'a [Unit],
    length: usize,
    width: usize,
    pieces_of: impl Fn(&'a Unit) -> Vec<&'a str>,
) -> Vec<String> {
    let mut ways: Vec<(usize, String)> = vec![(0, String::new())];
    for (place, unit) in units.iter().enumerate() {
        if ways.iter().all(|(_, text)| text.chars().count() >= length) {
            break;
        }
        let mut pieces: Vec<&str> = Vec::new();
        for piece in pieces_of(unit) {
            if !pieces.contains(&piece) {
                pieces.push(piece);
            }
        }
        if pieces.is_empty() {
            continue;
        }
        if place >= VARIED {
            pieces.truncate(1);
        }
        let mut next = Vec::with_capacity(ways.len() * pieces.len());
        for (cost, text) in &ways {
            for (rarity, piece) in pieces.iter().enumerate() {
                next.push((cost + rarity, format!("{text}{piece}")));
            }
        }
        next.sort_by_key(|(cost, _)| *cost);
        next.truncate(width);
        ways = next;
    }
    let ways = ways.into_iter().map(|(_, text)| text);
    ways.filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(name: &str) -> BTreeSet<String> {
        of_name(&Name::new(name))
    }

    #[test]
    fn a_name_is_found_from_each_of_its_parts() {
        let grams = grams("重庆银行股份有限公司");
        for gram in [
            "C重庆银行股份有限",
            "c行股份有限公司",
            "Pchongqingyin",
            "Pzhongqingyin",
            "pyinhanggufen",
            "Icqyhgfyx",
            "iqyhgfyxg",
        ] {
            assert!(grams.contains(gram), "{gram} in {grams:?}");
        }
        assert!(!grams.iter().any(|gram| gram.starts_with("c有限")));
    }

    #[test]
    fn a_word_is_found_from_within_and_with_a_slip() {
        let grams = grams("Betatech");
        for gram in [
            "Pbetatech",
            "ptech",
            "ptatech",
            "Tbetate",
            "Tbtate",
            "Tbetat",
        ] {
            assert!(grams.contains(gram), "{gram} in {grams:?}");
        }
        assert!(slips("betatceh").iter().any(|slip| grams.contains(slip)));
    }

    #[test]
    fn a_name_of_characters_with_many_readings_has_few_grams() {
        let count = grams(&"行重长乐单曾都和".repeat(8)).len();
        assert!(count < 400, "{count}");
        let usual = grams("海港科技（上海）有限公司").len();
        assert!(usual < 40, "{usual}");
    }
}
