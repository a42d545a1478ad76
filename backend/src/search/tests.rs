//! The gold set of I18N-3: each query finds its name among the first ten, in an index held in memory
//! that is asked exactly as the tables are.

use super::find::beginnings;
use super::grams::{self, slips};
use super::name::{Name, Unit};
use super::rank::{Fit, Query};
use std::collections::BTreeSet;

/// What is typed, and the name that is meant.
const GOLD: &[(&str, &str)] = &[
    // Characters, from one on.
    ("重", "重庆银行股份有限公司"),
    ("重庆", "重庆银行股份有限公司"),
    ("庆银", "重庆银行股份有限公司"),
    ("银行", "成都银行股份有限公司"),
    ("重庆银行股份有限公司", "重庆银行股份有限公司"),
    ("海港", "海港科技（上海）有限公司"),
    ("海港科技上海", "海港科技（上海）有限公司"),
    ("雄", "单雄信"),
    ("国藩", "曾国藩"),
    ("智能", "ＧＴＸ智能装备"),
    ("gtx智能", "ＧＴＸ智能装备"),
    ("中石化", "中石化销售有限公司"),
    ("トヨタ", "トヨタ自動車"),
    // Full pinyin, also when it is not yet typed out, also from a later character.
    ("chongqing", "重庆银行股份有限公司"),
    ("chongqingyinhang", "重庆银行股份有限公司"),
    ("chong qing yin hang", "重庆银行股份有限公司"),
    ("chongqingyinh", "重庆银行股份有限公司"),
    ("CHONGQING", "重庆银行股份有限公司"),
    ("yinhang", "成都银行股份有限公司"),
    ("changan", "长安汽车"),
    ("chang'an", "长安汽车"),
    ("changanqiche", "长安汽车"),
    ("qiche", "长安汽车"),
    ("haigang", "海港科技（上海）有限公司"),
    ("haigangkejishanghai", "海港科技（上海）有限公司"),
    ("alibaba", "阿里巴巴集团控股有限公司"),
    ("xian", "西安西电开关电气"),
    ("xi'an", "西安西电开关电气"),
    ("huawei", "华为技术有限公司"),
    ("zhongguoshiyou", "中国石油天然气集团有限公司"),
    ("shiyou", "中国石油天然气集团有限公司"),
    ("tianranqi", "中国石油天然气集团有限公司"),
    ("lvdi", "绿地控股集团"),
    ("ludi", "绿地控股集团"),
    ("nvwa", "女娲补天科技"),
    ("zhinengzhuangbei", "ＧＴＸ智能装备"),
    ("gtxzhineng", "ＧＴＸ智能装备"),
    // Initials.
    ("cqyh", "重庆银行股份有限公司"),
    ("chqyh", "重庆银行股份有限公司"),
    ("cqy", "重庆银行股份有限公司"),
    ("qyh", "重庆银行股份有限公司"),
    ("cdyh", "成都银行股份有限公司"),
    ("caqc", "长安汽车"),
    ("hgkj", "海港科技（上海）有限公司"),
    ("albb", "阿里巴巴集团控股有限公司"),
    ("zgsy", "中国石油天然气集团有限公司"),
    ("zgsytrq", "中国石油天然气集团有限公司"),
    ("hwjs", "华为技术有限公司"),
    ("sxx", "单雄信"),
    ("zgf", "曾国藩"),
    ("gtxzn", "ＧＴＸ智能装备"),
    ("syzg", "三一重工"),
    // Characters with several readings: either finds the name.
    ("shan", "单雄信"),
    ("shanxiongxin", "单雄信"),
    ("danxiongxin", "单雄信"),
    ("zeng", "曾国藩"),
    ("zengguofan", "曾国藩"),
    ("cengguofan", "曾国藩"),
    ("xiefang", "解放"),
    ("jiefang", "解放"),
    ("qiuhe", "仇和"),
    ("renzhengfei", "任正非"),
    ("zhaliangyong", "查良镛"),
    ("zhai", "翟志刚"),
    ("yuchigong", "尉迟恭"),
    ("ycg", "尉迟恭"),
    ("moqi", "万俟卨"),
    ("ouyang", "欧阳锋"),
    ("ouzhiguang", "区志光"),
    ("piaoshu", "朴树"),
    ("miaoxiaojun", "缪晓军"),
    ("geyu", "盖玉"),
    ("leshi", "乐视网信息技术"),
    ("yueshi", "乐视网信息技术"),
    ("yinyue", "网易云音乐"),
    ("dadushi", "大都市百货"),
    ("chengduyinhang", "成都银行股份有限公司"),
    ("xiamen", "厦门象屿集团"),
    ("kuaiji", "立信会计师事务所"),
    ("sanyizhonggong", "三一重工"),
    ("hangzhang", "行长联谊会"),
    ("xingzhang", "行长联谊会"),
    ("liuan", "六安瓜片茶业"),
    ("luan", "六安瓜片茶业"),
    ("beng", "蚌埠玻璃设计院"),
    // Latin names: whole, beginnings, parts, initials, other order.
    ("betatech", "Betatech Holdings"),
    ("BETA", "Betatech Holdings"),
    ("hold", "Betatech Holdings"),
    ("tech", "Betatech Holdings"),
    ("kancode", "Kan-code"),
    ("kan code", "Kan-code"),
    ("code kan", "Kan-code"),
    ("muller", "Müller & Söhne GmbH"),
    ("müller", "Müller & Söhne GmbH"),
    ("sohne", "Müller & Söhne GmbH"),
    ("ibm", "International Business Machines Corp."),
    ("business inter", "International Business Machines Corp."),
    ("3m", "3M中国"),
    // Latin names with a slip.
    ("betatceh", "Betatech Holdings"),
    ("beatech", "Betatech Holdings"),
    ("betetech", "Betatech Holdings"),
    ("betaatech", "Betatech Holdings"),
    ("ebtatech", "Betatech Holdings"),
    ("holdngs", "Betatech Holdings"),
    ("mulller", "Müller & Söhne GmbH"),
    ("internatonal", "International Business Machines Corp."),
    ("isodm", "Isdom"),
    // Characters and pinyin together.
    ("重qing", "重庆银行股份有限公司"),
    ("长安qiche", "长安汽车"),
    ("重庆 股份", "重庆银行股份有限公司"),
];

/// Names that are in the way.
const OTHERS: &[&str] = &[
    "重型机械厂",
    "重阳文化",
    "庆丰包子铺",
    "银川水泥",
    "中国银行",
    "农业银行",
    "招商银行",
    "上海银行",
    "长城汽车",
    "长江电力",
    "长春一汽",
    "常安保险",
    "昌安物流",
    "昌安",
    "畅安",
    "海尔智家",
    "海信视像",
    "海康威视",
    "海澜之家",
    "港华燃气",
    "山西汾酒",
    "山东黄金",
    "陕西煤业",
    "善信律师",
    "商信",
    "郑国富",
    "张国富",
    "朱国凡",
    "赵光福",
    "中国国防",
    "中国石化",
    "中国神华",
    "中国中车",
    "中国移动",
    "中国联通",
    "中国平安",
    "中粮集团",
    "阿斯利康",
    "爱立信",
    "华润置地",
    "华夏幸福",
    "华泰证券",
    "恒为科技",
    "绿城中国",
    "绿源",
    "鲁迪电子",
    "陆地方舟",
    "西部矿业",
    "仙琚制药",
    "先声药业",
    "现代汽车",
    "三元食品",
    "三一重能",
    "沈阳机床",
    "神州数码",
    "盛屯矿业",
    "网宿科技",
    "网达软件",
    "大东方百货",
    "都市丽人",
    "厦门钨业",
    "厦门国贸",
    "立讯精密",
    "立信门窗",
    "六国化工",
    "柳钢股份",
    "路畅科技",
    "Betaine Labs",
    "Betamax",
    "Beta Tools",
    "Holding Hands",
    "Techno",
    "Technip",
    "Kandor",
    "Codehow",
    "Codecamp",
    "Mueller Water",
    "Miller",
    "Sonne",
    "Sohu",
    "Internal Medicine",
    "International Paper",
    "Isotope",
    "Izdom",
    "Gtx Basic",
    "GTX Pro",
    "单县化工",
    "单立人",
    "曾志伟",
    "曾经",
    "任天堂",
    "任丘",
    "解百集团",
    "查特工业",
    "朴石科技",
    "盖世汽车",
];

/// The index in memory.
struct Index {
    names: Vec<(&'static str, Name)>,
    grams: BTreeSet<(String, usize)>,
}

impl Index {
    fn new() -> Self {
        let all: BTreeSet<&'static str> = GOLD
            .iter()
            .map(|(_, name)| *name)
            .chain(OTHERS.iter().copied())
            .collect();
        let names: Vec<_> = all
            .into_iter()
            .map(|name| (name, Name::new(name)))
            .collect();
        let mut found_by = BTreeSet::new();
        for (place, (_, name)) in names.iter().enumerate() {
            found_by.extend(grams::of_name(name).into_iter().map(|gram| (gram, place)));
        }
        Self {
            names,
            grams: found_by,
        }
    }

    fn find(&self, typed: &str) -> Vec<&'static str> {
        let query = Query::new(typed).unwrap();
        let mut places: BTreeSet<usize> = BTreeSet::new();
        let mut asked = beginnings(&query.name);
        asked.extend(query.terms.iter().flat_map(beginnings));
        for gram in &asked {
            let from = self.grams.range((gram.clone(), 0)..);
            places.extend(
                from.take_while(|(found, _)| found.starts_with(gram))
                    .map(|(_, place)| place),
            );
        }
        for unit in query
            .terms
            .iter()
            .flat_map(|term| &term.units)
            .chain(&query.name.units)
        {
            let Unit::Word(word) = unit else { continue };
            for slip in slips(word) {
                let range = self.grams.range((slip.clone(), 0)..=(slip, usize::MAX));
                places.extend(range.map(|(_, place)| place));
            }
        }
        let mut found: Vec<(Fit, usize, &'static str)> = places
            .into_iter()
            .filter_map(|place| {
                let (text, name) = self.names.get(place)?;
                Some((query.fit(name)?, text.chars().count(), *text))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, _, name)| name).collect()
    }
}

#[test]
fn every_query_of_the_gold_set_finds_its_name_among_the_first_ten() {
    let index = Index::new();
    let mut missed = Vec::new();
    for (typed, name) in GOLD {
        let found = index.find(typed);
        if !found.iter().take(10).any(|found| found == name) {
            missed.push(format!("{typed} → {name}, found {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_fit_is_reached_by_the_grams() {
    // What the ranking would accept must also be asked for: else a name is missed that fits.
    let index = Index::new();
    let mut missed = Vec::new();
    for (typed, _) in GOLD {
        let query = Query::new(typed).unwrap();
        let found = index.find(typed);
        for (text, name) in &index.names {
            if let Some(fit) = query.fit(name)
                && fit != Fit::Slip
                && !found.contains(text)
            {
                missed.push(format!("{typed} → {text} ({fit:?})"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn the_index_stays_small() {
    let index = Index::new();
    let mean = index.grams.len() / index.names.len();
    assert!(mean <= 24, "{mean} grams for a name");
}

#[test]
fn the_gold_set_is_large_enough() {
    let names: BTreeSet<_> = GOLD.iter().map(|(_, name)| name).collect();
    assert!(
        GOLD.len() >= 60 && names.len() >= 40,
        "{} {}",
        GOLD.len(),
        names.len()
    );
}
