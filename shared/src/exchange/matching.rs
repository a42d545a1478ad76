//! Which known thing a value means: the same, the same but for case and blanks, nearly the same, or new.

use super::text::{distance, normalise, slack};
use super::{Field, FileKind, MatchKind, ValueTarget, vocabulary};
use crate::funnel::{LossReason, StageKind};
use crate::id::ImportFileId;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use uuid::Uuid;

/// Comparisons spent on slips in one import; beyond, values are only the same or new.
const MAX_COMPARISONS: usize = 20_000_000;

/// What sort of thing the values of a field name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A word out of an open list.
    Industry,
    /// A word out of an open list.
    Region,
    /// A word out of an open list.
    Line,
    /// A team.
    Team,
    /// A seller or manager.
    User,
    /// A product.
    Product,
    /// An account.
    Account,
    /// A stage of the funnel that deals go to.
    Stage,
    /// A fixed list: A, B, C.
    Tier,
    /// A fixed list: methods of finding customers.
    Prospecting,
    /// A fixed list: seller levels.
    Level,
    /// A fixed list: currencies.
    Currency,
    /// A fixed list: reasons.
    LossReason,
}

impl Class {
    /// The class of a field's values in files of a kind; `None` for free texts, numbers and days.
    #[must_use]
    pub const fn of(kind: FileKind, field: Field) -> Option<Self> {
        use Field as F;
        Some(match (kind, field) {
            (FileKind::Accounts, F::Name) | (_, F::Account | F::Parent) => Self::Account,
            (FileKind::Products, F::Name) | (_, F::Product) => Self::Product,
            (FileKind::Sellers, F::Name) | (_, F::Owner | F::Manager) => Self::User,
            (_, F::Team) => Self::Team,
            (_, F::Industry) => Self::Industry,
            (_, F::Region) => Self::Region,
            (_, F::Line) => Self::Line,
            (_, F::Stage) => Self::Stage,
            (_, F::Tier) => Self::Tier,
            (_, F::Prospecting) => Self::Prospecting,
            (_, F::Level) => Self::Level,
            (_, F::Currency) => Self::Currency,
            (_, F::LossReason) => Self::LossReason,
            _ => return None,
        })
    }

    /// Whether its values are words of an open list: any will do.
    const fn is_word(self) -> bool {
        matches!(self, Self::Industry | Self::Region | Self::Line)
    }

    /// Whether a value without a match becomes a record.
    const fn is_made(self) -> bool {
        matches!(
            self,
            Self::Team | Self::User | Self::Product | Self::Account
        )
    }

    /// Whether a slip of a letter or two is put right without being asked: for words and stages, where a
    /// mistake shows and harms little. A deal on the wrong account would be worse than one more account.
    const fn takes_near(self) -> bool {
        self.is_word() || matches!(self, Self::Stage)
    }
}

/// What a value is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A record that is there.
    Record(Uuid, String),
    /// A record of this name, which is to be made.
    Make(String),
    /// A word.
    Word(String),
    /// Nothing: the field stays empty.
    Empty,
    /// A person must choose: nothing fits, or several records do.
    Open {
        /// Whether several fit.
        is_ambiguous: bool,
    },
}

/// What a value is taken for, and how that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is taken for.
    pub meaning: Meaning,
    /// How; `None`: it is the very same.
    pub how: Option<MatchKind>,
    /// Something much alike that was not taken.
    pub suggestion: Option<String>,
}

impl Found {
    const fn same(meaning: Meaning) -> Self {
        Self {
            meaning,
            how: None,
            suggestion: None,
        }
    }

    const fn by(how: MatchKind, meaning: Meaning) -> Self {
        Self {
            meaning,
            how: Some(how),
            suggestion: None,
        }
    }

    /// The name or word taken.
    #[must_use]
    pub fn taken(&self) -> Option<&str> {
        match &self.meaning {
            Meaning::Record(_, name) | Meaning::Make(name) | Meaning::Word(name) => Some(name),
            Meaning::Empty | Meaning::Open { .. } => None,
        }
    }
}

/// The names of one class.
#[derive(Debug, Clone, Default)]
struct Names {
    /// By name: the records of that name; none for a word, and for a record that is to be made.
    exact: HashMap<String, Vec<Uuid>>,
    /// By what counts of the name: the names.
    loose: HashMap<String, BTreeSet<String>>,
    /// By length of what counts: what counts, for slips.
    lengths: HashMap<usize, Vec<String>>,
}

impl Names {
    fn add(&mut self, name: &str, id: Option<Uuid>) {
        let ids = self.exact.entry(name.to_owned()).or_default();
        if let Some(id) = id
            && !ids.contains(&id)
        {
            ids.push(id);
        }
        let plain = normalise(name);
        let names = self.loose.entry(plain.clone()).or_default();
        if names.is_empty() {
            self.lengths
                .entry(plain.chars().count())
                .or_default()
                .push(plain);
        }
        names.insert(name.to_owned());
    }
}

/// Knows names and finds what values mean.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    names: HashMap<Class, Names>,
    stages: Vec<(Uuid, String, StageKind)>,
    choices: HashMap<(ImportFileId, Field), HashMap<String, ValueTarget>>,
    cache: HashMap<(Class, ImportFileId, Field), HashMap<String, Found>>,
    comparisons: usize,
}

impl Matcher {
    /// A matcher that knows the words every house shares.
    #[must_use]
    pub fn new() -> Self {
        let mut matcher = Self::default();
        for (class, words) in [
            (Class::Industry, vocabulary::INDUSTRIES),
            (Class::Region, vocabulary::COUNTRIES),
        ] {
            for word in words {
                matcher.learn(class, word, None);
            }
        }
        matcher
    }

    /// Adds a name: of a record that is there, or, without an id, a word or a record to be made.
    pub fn learn(&mut self, class: Class, name: &str, id: Option<Uuid>) {
        self.names.entry(class).or_default().add(name, id);
        // What was new may have a match now.
        self.cache.retain(|(known, ..), _| *known != class);
    }

    /// Says that the record of a name was made; what was to be made is found from now on.
    pub fn made(&mut self, class: Class, name: &str, id: Uuid) {
        self.names.entry(class).or_default().add(name, Some(id));
    }

    /// Sets the stages that deals can go to; without ids for a funnel that is to be made.
    pub fn set_stages(&mut self, stages: Vec<(Uuid, String, StageKind)>) {
        self.names.remove(&Class::Stage);
        for (id, name, _) in &stages {
            self.names
                .entry(Class::Stage)
                .or_default()
                .add(name, Some(*id));
        }
        self.cache.retain(|(class, ..), _| *class != Class::Stage);
        self.stages = stages;
    }

    /// Takes a person's choice about a value.
    pub fn choose(&mut self, file: ImportFileId, field: Field, value: &str, target: ValueTarget) {
        self.choices
            .entry((file, field))
            .or_default()
            .insert(value.to_owned(), target);
    }

    /// Finds what a value of a file means. A new record's name is known from then on, so that its other
    /// spellings find it.
    pub fn find(&mut self, file: ImportFileId, field: Field, class: Class, value: &str) -> Found {
        let chosen = self
            .choices
            .get(&(file, field))
            .and_then(|choices| choices.get(value))
            .cloned();
        if let Some(target) = chosen {
            let meaning = match target {
                ValueTarget::AsIs => self.literal(class, value),
                ValueTarget::Text { text } => self.literal(class, text.trim()),
                ValueTarget::Record { id } => self.name_of(class, id).map_or(
                    Meaning::Open {
                        is_ambiguous: false,
                    },
                    |name| Meaning::Record(id, name),
                ),
                ValueTarget::Empty => Meaning::Empty,
            };
            if let Meaning::Make(name) = &meaning {
                let name = name.clone();
                self.names.entry(class).or_default().add(&name, None);
            }
            return Found::by(MatchKind::Chosen, meaning);
        }
        let key = (class, file, field);
        let known = self.cache.get(&key).and_then(|known| known.get(value));
        if let Some(found) = known.cloned() {
            return self.since_made(class, found);
        }
        let found = self.look(field, class, value);
        if class.is_made()
            && field != Field::Parent
            && let Meaning::Make(name) = &found.meaning
        {
            let name = name.clone();
            self.names.entry(class).or_default().add(&name, None);
        }
        // A parent is not made, so the next field may still make it.
        if field != Field::Parent {
            self.cache
                .entry(key)
                .or_default()
                .insert(value.to_owned(), found.clone());
        }
        found
    }

    /// What was to be made when it was first asked for may have been made since; how it was found stays.
    fn since_made(&self, class: Class, mut found: Found) -> Found {
        if let Meaning::Make(name) = &found.meaning {
            found.meaning = self.literal(class, name);
        }
        found
    }

    fn look(&mut self, field: Field, class: Class, value: &str) -> Found {
        if let Some(meaning) = fixed(class, value) {
            return meaning;
        }
        let exact = self.literal(class, value);
        match &exact {
            Meaning::Record(..) | Meaning::Open { is_ambiguous: true } => {
                return Found::same(exact);
            }
            Meaning::Word(_) | Meaning::Make(_) if self.has(class, value) => {
                return Found::same(exact);
            }
            _ => {}
        }
        let loose: Vec<String> = self
            .names
            .get(&class)
            .and_then(|names| names.loose.get(&normalise(value)))
            .map(|names| names.iter().cloned().collect())
            .unwrap_or_default();
        match loose.as_slice() {
            // A word of our own list that only differs by case is no reason to change the file's.
            [_] if class.is_word() && self.is_vocabulary(class, &loose) => {
                return Found::same(Meaning::Word(value.to_owned()));
            }
            [name] => return Found::by(MatchKind::Normalised, self.literal(class, name)),
            [] => {}
            _ => {
                return Found::by(MatchKind::Unmatched, Meaning::Open { is_ambiguous: true });
            }
        }
        let near = self.near(class, value);
        if let Some(name) = &near
            && class.takes_near()
        {
            return Found::by(MatchKind::Near, self.literal(class, name));
        }
        let meaning = match class {
            Class::Stage => return self.stage_by_meaning(value),
            _ if field == Field::Parent => {
                return Found {
                    meaning: Meaning::Empty,
                    how: Some(MatchKind::Unmatched),
                    suggestion: near,
                };
            }
            _ => exact,
        };
        Found {
            how: match meaning {
                Meaning::Open { .. } => Some(MatchKind::Unmatched),
                _ => Some(MatchKind::New),
            },
            meaning,
            suggestion: near,
        }
    }

    /// The value itself: the record or word of that very name, or a new one.
    fn literal(&self, class: Class, name: &str) -> Meaning {
        let ids = self
            .names
            .get(&class)
            .and_then(|names| names.exact.get(name));
        match ids.map(Vec::as_slice) {
            Some([id]) => Meaning::Record(*id, name.to_owned()),
            Some([_, _, ..]) => Meaning::Open { is_ambiguous: true },
            _ if class.is_word() => Meaning::Word(name.to_owned()),
            _ if class.is_made() => Meaning::Make(name.to_owned()),
            _ => fixed(class, name).map_or(
                Meaning::Open {
                    is_ambiguous: false,
                },
                |found| found.meaning,
            ),
        }
    }

    fn has(&self, class: Class, name: &str) -> bool {
        self.names
            .get(&class)
            .is_some_and(|names| names.exact.contains_key(name))
    }

    /// The record of this very name, where there is just one.
    #[must_use]
    pub fn id_of(&self, class: Class, name: &str) -> Option<Uuid> {
        match self.names.get(&class)?.exact.get(name)?.as_slice() {
            [id] => Some(*id),
            _ => None,
        }
    }

    fn name_of(&self, class: Class, id: Uuid) -> Option<String> {
        self.names
            .get(&class)?
            .exact
            .iter()
            .find(|(_, ids)| ids.contains(&id))
            .map(|(name, _)| name.clone())
    }

    fn is_vocabulary(&self, class: Class, names: &[String]) -> bool {
        let words = match class {
            Class::Industry => vocabulary::INDUSTRIES,
            Class::Region => vocabulary::COUNTRIES,
            _ => return false,
        };
        names.iter().all(|name| words.contains(&name.as_str()))
    }

    /// The one name that differs least, by a slip or two; `None` when several do equally.
    fn near(&mut self, class: Class, value: &str) -> Option<String> {
        let value = normalise(value);
        let letters = value.chars().count();
        let max = slack(letters);
        let names = self.names.get(&class)?;
        if max == 0 || self.comparisons > MAX_COMPARISONS {
            return None;
        }
        let lengths = letters.saturating_sub(max)..=letters + max;
        let compared = lengths
            .clone()
            .filter_map(|length| names.lengths.get(&length));
        self.comparisons += compared.map(Vec::len).sum::<usize>();
        let mut best: Option<(usize, &String)> = None;
        let mut is_tied = false;
        for length in lengths {
            for plain in names.lengths.get(&length).into_iter().flatten() {
                // Where only figures differ, as in `GTK 500` and `GTK 600`, nobody slipped.
                let Some(steps) = distance(&value, plain, max).filter(|steps| *steps > 0) else {
                    continue;
                };
                if figures(&value) != figures(plain) {
                    continue;
                }
                match best {
                    Some((least, _)) if steps > least => {}
                    Some((least, _)) if steps == least => is_tied = true,
                    _ => {
                        best = Some((steps, plain));
                        is_tied = false;
                    }
                }
            }
        }
        let (_, plain) = best.filter(|_| !is_tied)?;
        let mut spelled = names.loose.get(plain)?.iter();
        let name = spelled.next()?.clone();
        spelled.next().is_none().then_some(name)
    }

    /// The only stage of the kind that a name such as `赢单` means.
    fn stage_by_meaning(&self, value: &str) -> Found {
        let kind = vocabulary::stage_kind(value);
        let mut fits = self.stages.iter().filter(|(_, _, its)| *its == kind);
        match (kind, fits.next(), fits.next()) {
            (StageKind::Won | StageKind::Lost, Some((id, name, _)), None) => {
                Found::by(MatchKind::Synonym, Meaning::Record(*id, name.clone()))
            }
            _ => Found::by(
                MatchKind::Unmatched,
                Meaning::Open {
                    is_ambiguous: false,
                },
            ),
        }
    }
}

/// The digits of a text.
fn figures(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The meaning of a value out of a fixed list; `None` for other classes.
fn fixed(class: Class, value: &str) -> Option<Found> {
    let word = match class {
        Class::Tier => vocabulary::tier(value).map(|tier| tier.as_ref().to_owned()),
        Class::Prospecting => {
            vocabulary::prospecting(value).map(|method| method.as_ref().to_owned())
        }
        Class::Level => vocabulary::level(value).map(|level| level.as_ref().to_owned()),
        Class::Currency => vocabulary::currency(value).map(|code| code.to_string()),
        // A reason of one's own is kept as a note.
        Class::LossReason => Some(
            vocabulary::loss_reason(value)
                .unwrap_or(LossReason::Other)
                .as_ref()
                .to_owned(),
        ),
        _ => return None,
    };
    Some(match word {
        Some(word) if word == value => Found::same(Meaning::Word(word)),
        Some(word) => Found::by(MatchKind::Synonym, Meaning::Word(word)),
        None => Found::by(
            MatchKind::Unmatched,
            Meaning::Open {
                is_ambiguous: false,
            },
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file() -> ImportFileId {
        ImportFileId(Uuid::from_u128(1))
    }

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn a_spelling_without_blanks_finds_the_product() {
        let mut matcher = Matcher::new();
        matcher.learn(Class::Product, "GTX Pro", Some(id(7)));
        matcher.learn(Class::Product, "GTX Plus Pro", Some(id(8)));
        let found = matcher.find(file(), Field::Product, Class::Product, "GTXPro");
        assert_eq!(found.how, Some(MatchKind::Normalised));
        assert_eq!(found.meaning, Meaning::Record(id(7), "GTX Pro".into()));
    }

    #[test]
    fn a_slip_in_an_industry_is_put_right_and_told() {
        let mut matcher = Matcher::new();
        let found = matcher.find(file(), Field::Industry, Class::Industry, "technolgy");
        assert_eq!(found.how, Some(MatchKind::Near));
        assert_eq!(found.taken(), Some("technology"));
        let found = matcher.find(file(), Field::Region, Class::Region, "Philipines");
        assert_eq!(found.taken(), Some("Philippines"));
        let found = matcher.find(file(), Field::Industry, Class::Industry, "Software");
        assert_eq!((found.how, found.taken()), (None, Some("Software")));
    }

    #[test]
    fn an_account_with_a_similar_name_is_only_suggested() {
        let mut matcher = Matcher::new();
        matcher.learn(Class::Account, "Rangreen", Some(id(1)));
        let found = matcher.find(file(), Field::Account, Class::Account, "Rangren");
        assert_eq!(found.how, Some(MatchKind::New));
        assert_eq!(found.meaning, Meaning::Make("Rangren".into()));
        assert_eq!(found.suggestion.as_deref(), Some("Rangreen"));
    }

    #[test]
    fn other_figures_are_another_product() {
        let mut matcher = Matcher::new();
        matcher.learn(Class::Product, "Series GTK 500", Some(id(1)));
        let found = matcher.find(file(), Field::Product, Class::Product, "Series GTK 600");
        assert_eq!((found.how, found.suggestion), (Some(MatchKind::New), None));
    }

    #[test]
    fn two_records_of_one_name_are_left_to_a_person() {
        let mut matcher = Matcher::new();
        matcher.learn(Class::Account, "Acme", Some(id(1)));
        matcher.learn(Class::Account, "Acme", Some(id(2)));
        let find = |matcher: &mut Matcher| {
            matcher
                .find(file(), Field::Account, Class::Account, "Acme")
                .meaning
        };
        assert_eq!(find(&mut matcher), Meaning::Open { is_ambiguous: true });
        matcher.choose(
            file(),
            Field::Account,
            "Acme",
            ValueTarget::Record { id: id(2) },
        );
        assert_eq!(find(&mut matcher), Meaning::Record(id(2), "Acme".into()));
    }

    #[test]
    fn a_new_name_is_known_to_its_other_spellings_and_once_made_it_is_found() {
        let mut matcher = Matcher::new();
        let find = |matcher: &mut Matcher, value: &str| {
            matcher.find(file(), Field::Account, Class::Account, value)
        };
        assert_eq!(
            find(&mut matcher, "Isdom").meaning,
            Meaning::Make("Isdom".into())
        );
        let other = find(&mut matcher, "ISDOM");
        assert_eq!(other.meaning, Meaning::Make("Isdom".into()));
        assert_eq!(other.how, Some(MatchKind::Normalised));
        matcher.made(Class::Account, "Isdom", id(3));
        assert_eq!(
            find(&mut matcher, "Isdom").meaning,
            Meaning::Record(id(3), "Isdom".into())
        );
        assert_eq!(
            find(&mut matcher, "ISDOM").meaning,
            Meaning::Record(id(3), "Isdom".into())
        );
    }

    #[test]
    fn stages_are_found_by_name_slip_and_meaning() {
        let mut matcher = Matcher::new();
        matcher.set_stages(vec![
            (id(1), "Prospecting".into(), StageKind::Open),
            (id(2), "Won".into(), StageKind::Won),
            (id(3), "Lost".into(), StageKind::Lost),
        ]);
        let mut find = |value: &str| matcher.find(file(), Field::Stage, Class::Stage, value);
        assert_eq!(find("prospecting").how, Some(MatchKind::Normalised));
        assert_eq!(find("Prospectng").how, Some(MatchKind::Near));
        assert_eq!(find("赢单").meaning, Meaning::Record(id(2), "Won".into()));
        assert_eq!(find("Negotiation").how, Some(MatchKind::Unmatched));
    }

    #[test]
    fn a_parent_nobody_knows_is_left_empty_and_does_not_hide_an_account() {
        let mut matcher = Matcher::new();
        let parent = matcher.find(file(), Field::Parent, Class::Account, "Sonron");
        assert_eq!(parent.meaning, Meaning::Empty);
        let account = matcher.find(file(), Field::Account, Class::Account, "Sonron");
        assert_eq!(account.meaning, Meaning::Make("Sonron".into()));
        let parent = matcher.find(file(), Field::Parent, Class::Account, "Sonron");
        assert_eq!(parent.meaning, Meaning::Make("Sonron".into()));
    }

    proptest! {
        #[test]
        fn a_value_always_means_the_same(values in prop::collection::vec("[a-d ]{1,6}", 1..40)) {
            let mut matcher = Matcher::new();
            let mut first: HashMap<String, Option<String>> = HashMap::new();
            for value in values {
                let found = matcher.find(file(), Field::Account, Class::Account, &value);
                let taken = found.taken().map(str::to_owned);
                let known = first.entry(value).or_insert_with(|| taken.clone());
                prop_assert_eq!(&*known, &taken);
            }
        }
    }
}
