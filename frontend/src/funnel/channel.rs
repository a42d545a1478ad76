//! Channels: how the accounts of deals were found, or where they came from, as one choice of a filter
//! (LEAD-01, FUN-25).

use crate::accounts::parts::words;
use crate::i18n::Lang;
use shared::accounts::Prospecting;
use shared::funnel::BoardFilter;
use strum::IntoEnumIterator;

/// What sets a source apart from a method among the values of a select.
const SOURCE: char = '=';

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// A method of finding customers.
    Method(Prospecting),
    /// Where accounts came from, in somebody's words.
    Source(String),
}

impl Channel {
    /// The one a filter narrows to; a method before a source.
    #[must_use]
    pub fn of(filter: &BoardFilter) -> Option<Self> {
        let source = || filter.source.clone().map(Self::Source);
        filter.prospecting.map(Self::Method).or_else(source)
    }

    /// Narrows a filter to one channel, or to none.
    pub fn put(channel: Option<Self>, filter: &mut BoardFilter) {
        (filter.prospecting, filter.source) = match channel {
            Some(Self::Method(method)) => (Some(method), None),
            Some(Self::Source(source)) => (None, Some(source)),
            None => (None, None),
        };
    }

    /// Its name in words.
    #[must_use]
    pub fn name(&self, lang: Lang) -> String {
        match self {
            Self::Method(method) => {
                words(lang, &format!("board.channels.{}", method.as_ref())).to_string()
            }
            Self::Source(source) => source.clone(),
        }
    }

    /// What stands for it in a select.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Method(method) => method.as_ref().to_owned(),
            Self::Source(source) => format!("{SOURCE}{source}"),
        }
    }

    /// What such a text stands for.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key.strip_prefix(SOURCE) {
            Some(source) => Some(Self::Source(source.to_owned())),
            None => key.parse().ok().map(Self::Method),
        }
    }
}

/// The channels to choose from: the methods, then the sources that are known.
pub fn offered(sources: &[String]) -> impl Iterator<Item = Channel> {
    let sources = sources.iter().cloned().map(Channel::Source);
    Prospecting::iter().map(Channel::Method).chain(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FUN-25
    #[test]
    fn a_filter_has_one_channel_and_its_key_means_it_again() {
        let sources = ["Fair, 2026".to_owned(), "chain".to_owned()];
        let all: Vec<Channel> = offered(&sources).collect();
        assert_eq!(all.len(), 8);
        let mut filter = BoardFilter::default();
        for channel in all {
            Channel::put(Some(channel.clone()), &mut filter);
            assert_eq!(Channel::of(&filter), Some(channel.clone()));
            assert_eq!(Channel::from_key(&channel.key()), Some(channel));
        }
        Channel::put(None, &mut filter);
        assert!(filter.is_empty());
        assert_eq!(Channel::from_key(""), None);
    }
}
