//! How an account was found (LEAD-01).

use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The six methods of finding customers (LEAD-01).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Prospecting {
    /// From door to door (地毯式搜索法).
    Carpet,
    /// By advertising (广告搜索法).
    Advertising,
    /// Through somebody whom others follow (中心开花法).
    Centre,
    /// From one customer to the next (连锁关系链法).
    Chain,
    /// At a seminar (讨论会法).
    Seminar,
    /// At a meeting or fair (会议寻找法).
    Meeting,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    /// LEAD-01
    #[test]
    fn there_are_six_methods_and_each_has_one_name() {
        let names: Vec<String> = Prospecting::iter()
            .map(|method| method.as_ref().to_owned())
            .collect();
        assert_eq!(
            names,
            [
                "carpet",
                "advertising",
                "centre",
                "chain",
                "seminar",
                "meeting"
            ]
        );
        for (method, name) in Prospecting::iter().zip(names) {
            assert_eq!(name.parse(), Ok(method));
            assert_eq!(serde_json::to_value(method).unwrap(), name);
        }
    }
}
