//! How Chinese characters are read: all readings of a character, the usual one first, by the word it
//! stands in and by its place in a person's name.

use pinyin::ToPinyinMulti;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A word and the reading of each of its characters.
type Word = (&'static str, &'static [&'static str]);

/// Words in which a character is not read as it mostly is, with their readings.
///
/// All readings of a character are findable anyway; these make two of them findable together and put
/// the right one first.
const WORDS: &[Word] = &[
    ("重庆", &["chong", "qing"]),
    ("长安", &["chang", "an"]),
    ("长城", &["chang", "cheng"]),
    ("长春", &["chang", "chun"]),
    ("长江", &["chang", "jiang"]),
    ("长沙", &["chang", "sha"]),
    ("长虹", &["chang", "hong"]),
    ("长治", &["chang", "zhi"]),
    ("长三角", &["chang", "san", "jiao"]),
    ("长荣", &["chang", "rong"]),
    ("长白", &["chang", "bai"]),
    ("长乐", &["chang", "le"]),
    ("长宁", &["chang", "ning"]),
    ("长丰", &["chang", "feng"]),
    ("长兴", &["chang", "xing"]),
    ("长电", &["chang", "dian"]),
    ("长飞", &["chang", "fei"]),
    ("行长", &["hang", "zhang"]),
    ("银行", &["yin", "hang"]),
    ("商行", &["shang", "hang"]),
    ("支行", &["zhi", "hang"]),
    ("分行", &["fen", "hang"]),
    ("总行", &["zong", "hang"]),
    ("央行", &["yang", "hang"]),
    ("投行", &["tou", "hang"]),
    ("车行", &["che", "hang"]),
    ("洋行", &["yang", "hang"]),
    ("行业", &["hang", "ye"]),
    ("音乐", &["yin", "yue"]),
    ("乐器", &["yue", "qi"]),
    ("乐团", &["yue", "tuan"]),
    ("成都", &["cheng", "du"]),
    ("首都", &["shou", "du"]),
    ("都市", &["du", "shi"]),
    ("大都会", &["da", "du", "hui"]),
    ("都江堰", &["du", "jiang", "yan"]),
    ("会计", &["kuai", "ji"]),
    ("财会", &["cai", "kuai"]),
    ("厦门", &["xia", "men"]),
    ("大厦", &["da", "sha"]),
    ("朝阳", &["chao", "yang"]),
    ("六安", &["lu", "an"]),
    ("番禺", &["pan", "yu"]),
    ("东阿", &["dong", "e"]),
    ("台州", &["tai", "zhou"]),
    ("天台", &["tian", "tai"]),
    ("单县", &["shan", "xian"]),
    ("蚌埠", &["beng", "bu"]),
    ("亳州", &["bo", "zhou"]),
    ("洪洞", &["hong", "tong"]),
    ("铅山", &["yan", "shan"]),
    ("燕山", &["yan", "shan"]),
    ("涡阳", &["guo", "yang"]),
    ("莘县", &["shen", "xian"]),
    ("莘庄", &["xin", "zhuang"]),
    ("乐清", &["yue", "qing"]),
    ("乐亭", &["lao", "ting"]),
    ("百色", &["bai", "se"]),
    ("侯马", &["hou", "ma"]),
    ("华山", &["hua", "shan"]),
    ("西藏", &["xi", "zang"]),
    ("宝藏", &["bao", "zang"]),
    ("调度", &["diao", "du"]),
    ("调研", &["diao", "yan"]),
    ("重工", &["zhong", "gong"]),
    ("重型", &["zhong", "xing"]),
    ("重汽", &["zhong", "qi"]),
    ("传媒", &["chuan", "mei"]),
    ("传奇", &["chuan", "qi"]),
    ("给力", &["gei", "li"]),
    ("供给", &["gong", "ji"]),
    ("自给", &["zi", "ji"]),
    ("参考", &["can", "kao"]),
    ("人参", &["ren", "shen"]),
    ("海参", &["hai", "shen"]),
    ("盛大", &["sheng", "da"]),
    ("石化", &["shi", "hua"]),
    ("校正", &["jiao", "zheng"]),
    ("学校", &["xue", "xiao"]),
    ("数码", &["shu", "ma"]),
    ("还原", &["huan", "yuan"]),
    ("便宜", &["pian", "yi"]),
    ("转子", &["zhuan", "zi"]),
    ("曲阜", &["qu", "fu"]),
    ("歌曲", &["ge", "qu"]),
    ("血液", &["xue", "ye"]),
    ("核心", &["he", "xin"]),
    ("万俟", &["mo", "qi"]),
    ("尉迟", &["yu", "chi"]),
    ("澹台", &["tan", "tai"]),
    ("长孙", &["zhang", "sun"]),
    ("令狐", &["ling", "hu"]),
    ("宿迁", &["su", "qian"]),
    ("星宿", &["xing", "xiu"]),
];

/// Family names that are read otherwise than the character mostly is.
const SURNAMES: &[(char, &str)] = &[
    ('单', "shan"),
    ('曾', "zeng"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('任', "ren"),
    ('盖', "ge"),
    ('区', "ou"),
    ('查', "zha"),
    ('朴', "piao"),
    ('翟', "zhai"),
    ('缪', "miao"),
    ('冼', "xian"),
    ('洗', "xian"),
    ('乐', "yue"),
    ('华', "hua"),
    ('召', "shao"),
    ('折', "she"),
    ('黑', "he"),
    ('秘', "bi"),
    ('种', "chong"),
    ('繁', "po"),
    ('员', "yun"),
    ('能', "nai"),
    ('尹', "yin"),
    ('覃', "qin"),
    ('牟', "mu"),
    ('隗', "wei"),
    ('晁', "chao"),
    ('邵', "shao"),
    ('那', "na"),
    ('訾', "zi"),
    ('阚', "kan"),
    ('逄', "pang"),
    ('宓', "mi"),
    ('钭', "tou"),
    ('郇', "xun"),
    ('谌', "chen"),
    ('万', "wan"),
    ('石', "shi"),
    ('车', "che"),
    ('纪', "ji"),
    ('应', "ying"),
    ('宁', "ning"),
    ('俞', "yu"),
    ('过', "guo"),
    ('哈', "ha"),
    ('卜', "bu"),
    ('燕', "yan"),
    ('葛', "ge"),
    ('褚', "chu"),
    ('臧', "zang"),
    ('藏', "zang"),
    ('都', "du"),
    ('祭', "zhai"),
    ('贾', "jia"),
    ('句', "gou"),
    ('勾', "gou"),
    ('粘', "nian"),
    ('呙', "guo"),
    ('眭', "sui"),
    ('郗', "xi"),
];

/// The readings of each character, the likeliest first; none for what is not a Chinese character.
/// Letters are plain: `lü` is both `lv`, as it is typed, and `lu`.
#[must_use]
pub fn readings(text: &[char]) -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&'static str>> = text.iter().map(|c| of_char(*c)).collect();
    let mut place = 0;
    while place < text.len() {
        let rest = text.get(place..).unwrap_or_default();
        match word_at(rest) {
            Some(word) => {
                for (readings, first) in all.iter_mut().skip(place).zip(word) {
                    prefer(readings, first);
                }
                place += word.len();
            }
            None => place += 1,
        }
    }
    // Two to four characters are a person's name, or may be: the family name comes first.
    if (2..=4).contains(&text.len())
        && word_at(text).is_none()
        && let (Some(first), Some(readings)) = (text.first(), all.first_mut())
        && let Some((_, surname)) = SURNAMES.iter().find(|(c, _)| c == first)
    {
        prefer(readings, surname);
    }
    all
}

/// The longest of the words that some characters begin with.
fn word_at(rest: &[char]) -> Option<&'static [&'static str]> {
    static BY_FIRST: LazyLock<HashMap<char, Vec<&Word>>> = LazyLock::new(|| {
        let mut words: HashMap<char, Vec<&Word>> = HashMap::new();
        for entry in WORDS {
            if let Some(first) = entry.0.chars().next() {
                words.entry(first).or_default().push(entry);
            }
        }
        for list in words.values_mut() {
            list.sort_by_key(|(_, readings)| Reverse(readings.len()));
        }
        words
    });

    let found = BY_FIRST.get(rest.first()?)?.iter().find(|(word, _)| {
        let mut rest = rest.iter();
        word.chars().all(|c| rest.next() == Some(&c))
    });
    found.map(|(_, readings)| *readings)
}

fn prefer(readings: &mut Vec<&'static str>, first: &'static str) {
    readings.retain(|reading| *reading != first);
    readings.insert(0, first);
}

fn of_char(c: char) -> Vec<&'static str> {
    let mut readings = Vec::new();
    if c.is_ascii() {
        return readings;
    }
    let mut add = |reading| {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    };
    for reading in c.to_pinyin_multi().into_iter().flatten() {
        match reading.plain() {
            "lü" => ["lv", "lu"].map(&mut add),
            "nü" => ["nv", "nu"].map(&mut add),
            "lüe" => ["lve", "lue"].map(&mut add),
            "nüe" => ["nve", "nue"].map(&mut add),
            plain if plain.bytes().all(|b| b.is_ascii_lowercase()) => [add(plain), ()],
            _ => [(), ()],
        };
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> String {
        let text: Vec<char> = text.chars().collect();
        let all = readings(&text);
        all.iter()
            .map(|readings| readings.first().copied().unwrap_or("?"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn words_and_family_names_are_read_as_people_read_them() {
        for (text, expected) in [
            ("重庆银行", "chong qing yin hang"),
            ("长安汽车", "chang an qi che"),
            ("单雄信", "shan xiong xin"),
            ("曾国藩", "zeng guo fan"),
            ("尉迟恭", "yu chi gong"),
            ("解放", "xie fang"),
            ("绿地集团控股", "lv di ji tuan kong gu"),
            ("三一重工", "san yi zhong gong"),
            ("成都银行", "cheng du yin hang"),
        ] {
            assert_eq!(first(text), expected, "{text}");
        }
    }

    #[test]
    fn every_reading_is_known() {
        let text: Vec<char> = "行乐女".chars().collect();
        let all = readings(&text);
        assert!(all[0].contains(&"xing") && all[0].contains(&"hang"));
        assert!(all[1].contains(&"le") && all[1].contains(&"yue"));
        assert!(all[2].contains(&"nv") && all[2].contains(&"nu"));
    }

    #[test]
    fn the_table_of_words_is_sound() {
        for (word, readings) in WORDS {
            let letters: Vec<char> = word.chars().collect();
            assert_eq!(letters.len(), readings.len(), "{word}");
            let is_plain = |reading: &&str| reading.bytes().all(|b| b.is_ascii_lowercase());
            assert!(readings.iter().all(is_plain), "{word}");
        }
        for (c, reading) in SURNAMES {
            let is_plain = reading.bytes().all(|b| b.is_ascii_lowercase());
            assert!(is_plain && !of_char(*c).is_empty(), "{c}");
        }
    }
}
