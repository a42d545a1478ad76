//! Names of accounts and people in great number, each with what is typed to find it.

/// Characters with their usual reading; a name takes them as they come.
const SIGNS: &str = "海hai 港gang 天tian 成cheng 华hua 远yuan 大da 东dong 方fang 兴xing 隆long 国guo 泰tai 安an 信xin 达da \
    金jin 龙long 中zhong 瑞rui 恒heng 通tong 光guang 明ming 新xin 世shi 纪ji 鼎ding 盛sheng 联lian 合he 美mei \
    佳jia 乐le 康kang 宝bao 利li 丰feng 源yuan 博bo 雅ya 智zhi 能neng 卓zhuo 越yue 星xing 辰chen 宏hong 图tu \
    广guang 元yuan 正zheng 和he 顺shun 永yong 昌chang 富fu 民min 立li 百bai 川chuan 高gao 山shan 文wen 德de \
    嘉jia 诚cheng 万wan 里li 江jiang 河he 青qing 松song 云yun 帆fan 启qi 航hang 晨chen 曦xi 凯kai 旋xuan 飞fei \
    鹏peng 荣rong 耀yao 锦jin 绣xiu 前qian 程cheng 思si 源yuan 力li 拓tuo 威wei 海hai 欣xin 怡yi 翔xiang 宇yu";
/// Where a company is.
const PLACES: &str = "上shang海hai,北bei京jing,广guang州zhou,深shen圳zhen,重chong庆qing,成cheng都du,杭hang州zhou,\
    南nan京jing,武wu汉han,西xi安an,苏su州zhou,天tian津jin,青qing岛dao,长chang沙sha,郑zheng州zhou,宁ning波bo,\
    无wu锡xi,厦xia门men,济ji南nan,大da连lian,沈shen阳yang,合he肥fei,福fu州zhou,昆kun明ming";
/// What it does.
const TRADES: &str = "科ke技ji,机ji械xie,电dian子zi,医yi疗liao,贸mao易yi,化hua工gong,食shi品pin,建jian筑zhu,软ruan件jian,\
    物wu流liu,汽qi车che,银yin行hang,能neng源yuan,环huan保bao,材cai料liao,设she备bei,传chuan媒mei,教jiao育yu";
/// What only says that it is a company.
const FORMS: [&str; 4] = ["有限公司", "股份有限公司", "集团有限公司", "集团"];
/// Surnames, some read otherwise than alone.
const SURNAMES: &str = "王wang 李li 张zhang 刘liu 陈chen 杨yang 赵zhao 黄huang 周zhou 吴wu 徐xu 孙sun 马ma 朱zhu 胡hu 林lin \
    郭guo 何he 高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 邓deng 冯feng 曾zeng 单shan 解xie 仇qiu";
/// What Latin names are made of.
const SYLLABLES: [&str; 40] = [
    "al", "bel", "cor", "dan", "el", "fen", "gor", "hal", "in", "jor", "kel", "lum", "mar", "nor",
    "ol", "pra", "quin", "ros", "sol", "tam", "ul", "ver", "win", "xen", "yar", "zel", "bri",
    "cal", "dor", "est", "fal", "gri", "hun", "kan", "lor", "mon", "nex", "plex", "tri", "vos",
];
/// What a Latin company does.
const WORDS: [&str; 12] = [
    "Systems",
    "Foods",
    "Partners",
    "Motors",
    "Labs",
    "Energy",
    "Textiles",
    "Marine",
    "Optics",
    "Logistics",
    "Plastics",
    "Software",
];

/// A name and the parts it was made of.
pub struct Name {
    /// As it is written.
    pub text: String,
    /// Its characters with their readings, without what says that it is a company; empty for a Latin one.
    pub signs: Vec<(String, String)>,
    /// Its first word in small letters, for a Latin one.
    pub word: String,
}

/// The sorts of queries, and what one asks of a name.
pub type Sort = (&'static str, fn(&Name, u64) -> Option<String>);

/// What is typed in the search box.
pub const SORTS: [Sort; 8] = [
    ("one character", |name, n| written(name, n, 1)),
    ("two characters", |name, n| written(name, n, 2)),
    ("four characters", |name, n| written(name, n, 4)),
    ("pinyin of two characters", |name, n| {
        Some(part(name, n, 2)?.map(|(_, read)| read.as_str()).collect())
    }),
    ("pinyin of four characters", |name, n| {
        Some(part(name, n, 4)?.map(|(_, read)| read.as_str()).collect())
    }),
    ("four initials", |name, n| {
        Some(
            part(name, n, 4)?
                .filter_map(|(_, read)| read.chars().next())
                .collect(),
        )
    }),
    ("beginning of a Latin word", |name, _| {
        (!name.word.is_empty()).then(|| name.word.chars().take(4).collect())
    }),
    ("Latin word with a slip", |name, n| {
        let mut letters: Vec<char> = name.word.chars().collect();
        let place = usize::try_from(n).ok()? % letters.len().checked_sub(2)?;
        // Two letters in the wrong order, or one left out.
        if n % 2 == 0 {
            letters.swap(place + 1, place + 2);
        } else {
            letters.remove(place + 1);
        }
        Some(letters.into_iter().collect())
    }),
];

fn part(name: &Name, n: u64, length: usize) -> Option<impl Iterator<Item = &(String, String)>> {
    let places = (name.signs.len() + 1)
        .checked_sub(length)
        .filter(|places| *places > 0)?;
    let place = usize::try_from(n).ok()? % places;
    Some(name.signs.iter().skip(place).take(length))
}

fn written(name: &Name, n: u64, length: usize) -> Option<String> {
    Some(
        part(name, n, length)?
            .map(|(sign, _)| sign.as_str())
            .collect(),
    )
}

/// The n-th name of a company: every fourth is Latin.
pub fn company(n: u64) -> Name {
    if n % 4 == 3 {
        return latin(n);
    }
    let mut signs = chosen(PLACES.split(','), mix(n, 1));
    for place in 0..2 {
        signs.extend(chosen(SIGNS.split_whitespace(), mix(n, 2 + place)));
    }
    signs.extend(chosen(TRADES.split(','), mix(n, 4)));
    let form = FORMS.into_iter().nth(spot(mix(n, 5), FORMS.len()));
    let text: String = signs.iter().map(|(sign, _)| sign.as_str()).collect();
    Name {
        text: text + form.unwrap_or_default(),
        signs,
        word: String::new(),
    }
}

/// The n-th name of a person.
pub fn person(n: u64) -> Name {
    let mut signs = chosen(SURNAMES.split_whitespace(), mix(n, 6));
    for place in 0..=n % 2 {
        signs.extend(chosen(SIGNS.split_whitespace(), mix(n, 7 + place)));
    }
    Name {
        text: signs.iter().map(|(sign, _)| sign.as_str()).collect(),
        signs,
        word: String::new(),
    }
}

fn latin(n: u64) -> Name {
    let syllable = |which| {
        let place = spot(mix(n, which), SYLLABLES.len());
        SYLLABLES.into_iter().nth(place).unwrap_or_default()
    };
    let word = [syllable(10), syllable(11), syllable(12)].concat();
    let kind = WORDS.into_iter().nth(spot(mix(n, 13), WORDS.len()));
    let mut title: String = word.chars().take(1).flat_map(char::to_uppercase).collect();
    title.extend(word.chars().skip(1));
    Name {
        text: format!("{title} {} Ltd", kind.unwrap_or_default()),
        signs: Vec::new(),
        word,
    }
}

/// One of a list of readings: its characters, each with the letters that follow it.
fn chosen<'a>(list: impl Iterator<Item = &'a str> + Clone, number: u64) -> Vec<(String, String)> {
    let place = spot(number, list.clone().count());
    let mut signs: Vec<(String, String)> = Vec::new();
    for c in list.clone().nth(place).unwrap_or_default().trim().chars() {
        match signs.last_mut() {
            Some((_, read)) if c.is_ascii() => read.push(c),
            _ => signs.push((c.to_string(), String::new())),
        }
    }
    signs
}

fn spot(number: u64, count: usize) -> usize {
    usize::try_from(number % u64::try_from(count).unwrap_or(1).max(1)).unwrap_or_default()
}

/// A number that looks like chance and is the same each time (the mixing of SplitMix64).
pub fn mix(n: u64, which: u64) -> u64 {
    let mut z = n
        .wrapping_mul(31)
        .wrapping_add(which)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
