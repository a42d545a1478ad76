//! How well a name fits a query: exactly, by its beginning, by its first letters, by a part, or with a
//! slip.

use super::grams::{SHORT, SLIP_FROM};
use super::name::{Name, Unit};

/// How a name fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The whole name, apart from what only says that it is a company.
    Exact,
    /// It begins so, in characters or as it is spelled.
    Beginning,
    /// Its first letters, from the first on.
    Letters,
    /// It holds it.
    Part,
    /// The first letters of a part.
    LettersWithin,
    /// A word of it, but for a slip.
    Slip,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Query {
    /// It, taken apart.
    pub name: Name,
    /// Its characters, joined.
    pub text: String,
    /// Its terms: what stands between blanks, each joined.
    pub terms: Vec<Name>,
}

impl Query {
    /// Reads what was typed; `None` when there is nothing to look for.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        let name = Name::new(typed);
        let text = name.text_from(0);
        let mut terms: Vec<Name> = Vec::new();
        for part in typed.split(|c: char| c.is_whitespace() || c == '\'') {
            split(Name::new(part), &mut terms);
        }
        (!text.is_empty()).then_some(Self { name, text, terms })
    }

    /// How a name fits it, if it does.
    #[must_use]
    pub fn fit(&self, name: &Name) -> Option<Fit> {
        let whole = fit(&self.text, self.name.has_sign(), name);
        if whole.is_some() {
            return whole;
        }
        if self.terms.len() > 1 {
            // All terms, wherever they stand; words in another order, or characters beside pinyin.
            let all = self.terms.iter().map(|term| {
                let text = term.text_from(0);
                fit(&text, term.has_sign(), name).or_else(|| slip(&text, name))
            });
            return all
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .max()
                .max(Some(Fit::Part));
        }
        slip(&self.text, name)
    }
}

/// A term of characters and letters is two.
fn split(name: Name, terms: &mut Vec<Name>) {
    let mut run: Vec<Unit> = Vec::new();
    let mut flush = |run: &mut Vec<Unit>| {
        if !run.is_empty() {
            let units = std::mem::take(run);
            terms.push(Name {
                core: units.len(),
                units,
            });
        }
    };
    for unit in name.units {
        let is_sign = matches!(unit, Unit::Sign(..));
        if run
            .first()
            .is_some_and(|first| matches!(first, Unit::Sign(..)) != is_sign)
        {
            flush(&mut run);
        }
        run.push(unit);
    }
    flush(&mut run);
}

fn fit(text: &str, has_sign: bool, name: &Name) -> Option<Fit> {
    let full = name.text_from(0);
    if full == text || name.core_text() == text {
        return Some(Fit::Exact);
    }
    if full.starts_with(text) {
        return Some(Fit::Beginning);
    }
    if has_sign {
        return full.contains(text).then_some(Fit::Part);
    }
    let spelled = |start: usize| reach(name, start, text, spell);
    let lettered = |start: usize| reach(name, start, text, letter);
    match spelled(0) {
        Some(true) => return Some(Fit::Exact),
        Some(false) => return Some(Fit::Beginning),
        None => {}
    }
    if lettered(0).is_some() {
        return Some(Fit::Letters);
    }
    if full.contains(text) || (1..name.core).any(|start| spelled(start).is_some()) {
        return Some(Fit::Part);
    }
    (1..name.core)
        .any(|start| lettered(start).is_some())
        .then_some(Fit::LettersWithin)
}

/// Whether a text reads like the name from one of its parts on, and if it does, whether to the end.
fn reach(
    name: &Name,
    start: usize,
    text: &str,
    step: fn(&Unit, &str, &mut Vec<usize>) -> bool,
) -> Option<bool> {
    // The places of the text that can be reached with the parts seen so far.
    let mut places = vec![0];
    let mut lengths = Vec::new();
    for (index, unit) in name.units.iter().enumerate().skip(start) {
        let mut next: Vec<usize> = Vec::new();
        let mut is_begun = false;
        for place in &places {
            let rest = text.get(*place..).unwrap_or_default();
            lengths.clear();
            is_begun |= step(unit, rest, &mut lengths);
            for length in &lengths {
                if !next.contains(&(place + length)) {
                    next.push(place + length);
                }
            }
        }
        if next.contains(&text.len()) {
            return Some(index + 1 == name.core || index + 1 == name.units.len());
        }
        if is_begun {
            return Some(false);
        }
        if next.is_empty() {
            return None;
        }
        places = next;
    }
    None
}

/// Spells a part out: adds how much of the text it may take, and says whether the text ends within it.
fn spell(unit: &Unit, rest: &str, lengths: &mut Vec<usize>) -> bool {
    let mut is_begun = false;
    let mut is_silent = true;
    for spelling in unit.spellings() {
        is_silent = false;
        if rest.starts_with(spelling) {
            lengths.push(spelling.len());
        } else if spelling.starts_with(rest) {
            is_begun = true;
        }
    }
    if is_silent {
        lengths.push(0);
    }
    is_begun
}

/// Takes the first letter of a part, of a sign also `zh`, `ch` and `sh`, of a short word all of it.
fn letter(unit: &Unit, rest: &str, lengths: &mut Vec<usize>) -> bool {
    let mut is_silent = true;
    for spelling in unit.spellings() {
        is_silent = false;
        let mut letters = spelling.chars();
        let (first, second) = (letters.next(), letters.next());
        let length = first.map_or(0, char::len_utf8);
        if rest.starts_with(|c| Some(c) == first) && !lengths.contains(&length) {
            lengths.push(length);
        }
        let is_double = matches!(unit, Unit::Sign(..)) && second == Some('h');
        let head = spelling.get(..2).unwrap_or_default();
        if is_double && rest.starts_with(head) {
            lengths.push(2);
        }
        if matches!(unit, Unit::Word(_)) && spelling.len() <= SHORT && rest.starts_with(spelling) {
            lengths.push(spelling.len());
        }
    }
    if is_silent {
        lengths.push(0);
    }
    false
}

/// Whether a word of the name is the text but for a slip; for two in a long one.
fn slip(text: &str, name: &Name) -> Option<Fit> {
    let text: Vec<char> = text.chars().collect();
    if text.len() < SLIP_FROM {
        return None;
    }
    let allowed = if text.len() >= 8 { 2 } else { 1 };
    name.units.iter().find_map(|unit| {
        let Unit::Word(word) = unit else { return None };
        let word: Vec<char> = word.chars().collect();
        if word.len() < SLIP_FROM || word.len() + allowed < text.len() {
            return None;
        }
        (distance_to_beginning(&text, &word) <= allowed).then_some(Fit::Slip)
    })
}

/// How many letters must be changed, added, left out or swapped to make the text a beginning of the
/// word.
fn distance_to_beginning(text: &[char], word: &[char]) -> usize {
    let width = word.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    for (row, letter) in text.iter().enumerate() {
        let mut line = Vec::with_capacity(width);
        line.push(row + 1);
        for (column, other) in word.iter().enumerate() {
            let at =
                |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&above, column) + usize::from(letter != other))
                .min(at(&above, column + 1) + 1)
                .min(at(&line, column) + 1);
            let is_swapped = row > 0
                && column > 0
                && text.get(row - 1) == Some(other)
                && word.get(column - 1) == Some(letter);
            if is_swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            line.push(best);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.into_iter().min().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(typed: &str, name: &str) -> Option<Fit> {
        Query::new(typed)?.fit(&Name::new(name))
    }

    #[test]
    fn the_better_fit_is_named() {
        for (typed, name, expected) in [
            ("重庆银行", "重庆银行股份有限公司", Some(Fit::Exact)),
            ("chongqingyinhang", "重庆银行股份有限公司", Some(Fit::Exact)),
            ("重", "重庆银行", Some(Fit::Beginning)),
            ("zhongqing", "重庆银行", Some(Fit::Beginning)),
            ("chongq", "重庆银行", Some(Fit::Beginning)),
            ("cqyh", "重庆银行", Some(Fit::Letters)),
            ("chqyh", "重庆银行", Some(Fit::Letters)),
            ("zgsy", "中国石油", Some(Fit::Letters)),
            ("zhgshy", "中国石油", Some(Fit::Letters)),
            ("银行", "重庆银行", Some(Fit::Part)),
            ("yinhang", "重庆银行", Some(Fit::Part)),
            ("yh", "重庆银行", Some(Fit::LettersWithin)),
            ("重qing", "重庆银行", Some(Fit::Part)),
            ("chong qing", "重庆银行", Some(Fit::Beginning)),
            ("xi'an", "西安银行", Some(Fit::Beginning)),
            ("betatceh", "Betatech", Some(Fit::Slip)),
            ("beatech", "Betatech", Some(Fit::Slip)),
            ("tech", "Betatech", Some(Fit::Part)),
            ("kan code", "Kan-code", Some(Fit::Exact)),
            ("code kan", "Kan-code", Some(Fit::Part)),
            ("ibm", "International Business Machines", Some(Fit::Letters)),
            ("gtxzn", "GTX智能", Some(Fit::Letters)),
            ("shan", "单雄信", Some(Fit::Beginning)),
            ("dan", "单雄信", Some(Fit::Beginning)),
            ("lvdi", "绿地集团", Some(Fit::Beginning)),
            ("上海", "重庆银行", None),
            ("xyz", "重庆银行", None),
            ("beta", "Alpha", None),
        ] {
            assert_eq!(check(typed, name), expected, "{typed} in {name}");
        }
    }

    #[test]
    fn nothing_typed_is_no_query() {
        assert!(Query::new(" ·- ").is_none());
    }

    proptest! {
        #[test]
        fn every_name_fits_itself(name in "\\PC{1,30}") {
            if let Some(query) = Query::new(&name) {
                prop_assert_eq!(query.fit(&Name::new(&name)), Some(Fit::Exact));
            }
        }

        #[test]
        fn whatever_is_typed_is_answered(typed in "\\PC{0,30}", name in "\\PC{0,40}") {
            let _ = check(&typed, &name);
        }
    }
}
