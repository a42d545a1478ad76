//! A name as it is searched: signs (characters of their own, such as Chinese ones, with their readings)
//! and words (letters and digits), without blanks, punctuation and upper case.

use super::pinyin::readings;

/// The most parts of a name that are looked at.
const MAX_UNITS: usize = 64;

/// What companies are called at the end; nobody searches by it, so no beginning lies inside it.
const COMPANY_SIGNS: &[&str] = &["股份有限公司", "有限责任公司", "有限公司", "公司"];
const COMPANY_WORDS: &[&str] = &[
    "inc", "ltd", "limited", "co", "corp", "company", "llc", "gmbh", "plc", "ag", "sa", "bv", "kg",
];

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// One character with its readings, the likeliest first.
    Sign(char, Vec<&'static str>),
    /// Letters and digits that belong together.
    Word(String),
}

impl Unit {
    /// Its readings, or the word itself.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        let (signs, word): (&[&'static str], Option<&str>) = match self {
            Self::Sign(_, readings) => (readings, None),
            Self::Word(word) => (&[], Some(word)),
        };
        signs.iter().copied().chain(word)
    }
}

/// A name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Its parts.
    pub units: Vec<Unit>,
    /// How many of them are the name proper; what follows says only that it is a company.
    pub core: usize,
}

impl Name {
    /// Takes a name apart.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let units = units_of(text);
        let core = core_of(&units);
        Self { units, core }
    }

    /// Whether it has a sign, so that it can be searched by characters.
    #[must_use]
    pub fn has_sign(&self) -> bool {
        self.units.iter().any(|unit| matches!(unit, Unit::Sign(..)))
    }

    /// Its signs and words from one part on, joined.
    #[must_use]
    pub fn text_from(&self, start: usize) -> String {
        self.text_between(start, self.units.len())
    }

    /// The name proper, joined.
    #[must_use]
    pub fn core_text(&self) -> String {
        self.text_between(0, self.core)
    }

    fn text_between(&self, start: usize, end: usize) -> String {
        let mut text = String::new();
        for unit in self.units.iter().take(end).skip(start) {
            match unit {
                Unit::Sign(c, _) => text.push(*c),
                Unit::Word(word) => text.push_str(word),
            }
        }
        text
    }
}

fn units_of(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut signs: Vec<char> = Vec::new();
    let mut word = String::new();
    for c in text.chars().chain(Some(' ')) {
        if units.len() + signs.len() >= MAX_UNITS {
            break;
        }
        let c = fold(c);
        let is_letter = c.is_alphanumeric() && is_latin(c);
        let is_sign = c.is_alphanumeric() && !is_letter;
        if !is_letter && !word.is_empty() {
            units.push(Unit::Word(std::mem::take(&mut word)));
        }
        if !is_sign && !signs.is_empty() && is_letter {
            flush(&mut signs, &mut units);
        }
        if is_letter {
            word.push(c);
        } else if is_sign {
            signs.push(c);
        }
    }
    flush(&mut signs, &mut units);
    units
}

/// The readings depend on the words the signs stand in, so signs in a row are read together.
fn flush(signs: &mut Vec<char>, units: &mut Vec<Unit>) {
    let all = readings(signs);
    let read = signs.drain(..).zip(all);
    units.extend(read.map(|(c, readings)| Unit::Sign(c, readings)));
}

fn is_latin(c: char) -> bool {
    c.is_ascii() || ('\u{c0}'..'\u{250}').contains(&c)
}

/// A character without width, case and accents.
fn fold(c: char) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    };
    let lower = narrow.to_lowercase().next().unwrap_or(narrow);
    match lower {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' => 'i',
        'ĺ' | 'ļ' | 'ľ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ß' => 's',
        'ţ' | 'ť' => 't',
        'ù'..='û' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ǔ' => 'u',
        // As pinyin is typed; `lu` is a reading beside `lv`, so that Müller is found by either.
        'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        c => c,
    }
}

fn core_of(units: &[Unit]) -> usize {
    let mut core = units.len();
    while core > 1
        && matches!(units.get(core - 1), Some(Unit::Word(word)) if COMPANY_WORDS.contains(&word.as_str()))
    {
        core -= 1;
    }
    let ends_with = |suffix: &str| {
        let letters: Vec<char> = suffix.chars().collect();
        units.len() > letters.len()
            && units
                .iter()
                .rev()
                .zip(letters.iter().rev())
                .all(|(unit, letter)| matches!(unit, Unit::Sign(c, _) if c == letter))
    };
    match COMPANY_SIGNS.iter().find(|suffix| ends_with(suffix)) {
        Some(suffix) => units.len() - suffix.chars().count(),
        None => core,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let name = Name::new(text);
        let parts: Vec<String> = name
            .units
            .iter()
            .map(|unit| match unit {
                Unit::Sign(c, _) => c.to_string(),
                Unit::Word(word) => word.clone(),
            })
            .collect();
        format!("{}:{}", name.core, parts.join(" "))
    }

    #[test]
    fn a_name_falls_into_signs_and_words() {
        for (text, expected) in [
            (
                "海港科技（上海）有限公司",
                "6:海 港 科 技 上 海 有 限 公 司",
            ),
            ("ＧＴＸ智能", "3:gtx 智 能"),
            ("Kan-code Inc.", "2:kan code inc"),
            ("Müller & Söhne GmbH", "2:muller sohne gmbh"),
            ("3M中国", "3:3m 中 国"),
            ("有限公司", "2:有 限 公 司"),
            ("Co", "1:co"),
            ("  ", "0:"),
            ("トヨタ", "3:ト ヨ タ"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_without_end_is_cut() {
        assert_eq!(Name::new(&"海".repeat(500)).units.len(), MAX_UNITS);
    }
}
