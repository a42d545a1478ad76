//! The order of cards in a column: short text keys compared by bytes (DND-10).
//!
//! A key is a head of eight base-62 digits and, after much dropping in one spot, a fraction of further
//! digits. New ends step the head by a fixed stride, so a column that only grows at one end never
//! lengthens its keys. A key never grows past [`MAX_LEN`]; when a gap is used up the caller spreads
//! the column anew with [`spread`], which keeps the order.

/// The longest key, in characters.
pub const MAX_LEN: usize = 32;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE: u64 = 62;
const HEAD: usize = 8;
/// 62^8, one more than the largest head.
const HEADS: u64 = 218_340_105_584_896;
/// The distance between neighbours at a growing end: 62^4.
const STRIDE: u64 = 14_776_336;

/// A key strictly between two keys; `None` on a side is that end of the column.
///
/// Returns `None` when the neighbours leave no room within [`MAX_LEN`] or are not in order; the caller
/// then spreads the column and asks again.
#[must_use]
pub fn between(before: Option<&str>, after: Option<&str>) -> Option<String> {
    let low = match before {
        Some(key) => Some(parse(key)?),
        None => None,
    };
    let high = match after {
        Some(key) => Some(parse(key)?),
        None => None,
    };
    match (low, high) {
        (None, None) => Some(head(HEADS / 2)),
        (Some((low, _)), None) if low + STRIDE < HEADS => Some(head(low + STRIDE)),
        (None, Some((high, _))) if high > STRIDE => Some(head(high - STRIDE)),
        (Some((low, _)), Some((high, _))) if high > low + 1 => Some(head(low + (high - low) / 2)),
        _ => fraction_between(before, after),
    }
}

/// Keys for a whole column of `count` cards, evenly apart, in order.
#[must_use]
pub fn spread(count: usize) -> Vec<String> {
    let count = u64::try_from(count).unwrap_or(u64::MAX - 1);
    let stride = (HEADS / (count + 1)).clamp(1, STRIDE);
    let first = (HEADS - stride * count) / 2;
    (0..count)
        .map(|index| head(first + stride * index))
        .collect()
}

/// Whether the text is a key this module could have made.
#[must_use]
pub fn is_rank(key: &str) -> bool {
    parse(key).is_some()
}

fn parse(key: &str) -> Option<(u64, &[u8])> {
    let bytes = key.as_bytes();
    if bytes.len() < HEAD || bytes.len() > MAX_LEN {
        return None;
    }
    let (digits, fraction) = bytes.split_at_checked(HEAD)?;
    let mut value = 0;
    for digit in digits {
        value = value * BASE + value_of(*digit)?;
    }
    let is_fraction = fraction.iter().all(|digit| value_of(*digit).is_some());
    (is_fraction && fraction.last() != Some(&b'0')).then_some((value, fraction))
}

fn value_of(digit: u8) -> Option<u64> {
    let index = DIGITS.binary_search(&digit).ok()?;
    u64::try_from(index).ok()
}

fn digit(value: u64) -> char {
    usize::try_from(value)
        .ok()
        .and_then(|index| DIGITS.get(index))
        .map_or('0', |digit| char::from(*digit))
}

fn head(mut value: u64) -> String {
    let mut digits = [0; HEAD];
    for place in digits.iter_mut().rev() {
        *place = value % BASE;
        value /= BASE;
    }
    digits.into_iter().map(digit).collect()
}

/// The midpoint of two keys read as fractions of all keys, digit by digit.
fn fraction_between(before: Option<&str>, after: Option<&str>) -> Option<String> {
    let low = before.unwrap_or("").as_bytes();
    let high = after.map(str::as_bytes);
    let mut key = String::new();
    // Once the key is below `high` in some digit, `high` no longer bounds the digits that follow.
    let mut is_bounded = high.is_some();
    for place in 0..MAX_LEN {
        let from = low.get(place).map_or(Some(0), |digit| value_of(*digit))?;
        let to = match high.and_then(|high| high.get(place)) {
            Some(digit) if is_bounded => value_of(*digit)?,
            None if is_bounded => 0,
            _ => BASE,
        };
        if to > from + 1 {
            key.push(digit(from + (to - from) / 2));
            while key.len() < HEAD {
                key.push('0');
            }
            let is_inside = before.is_none_or(|low| low < key.as_str())
                && after.is_none_or(|high| key.as_str() < high)
                && parse(&key).is_some();
            return is_inside.then_some(key);
        }
        if is_bounded && to < from {
            return None;
        }
        is_bounded = is_bounded && to == from;
        key.push(digit(from));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ten_thousand_cards_at_one_end_keep_the_shortest_key() {
        let mut first = between(None, None).unwrap();
        let mut last = first.clone();
        for _ in 0..10_000 {
            first = between(None, Some(&first)).unwrap();
            last = between(Some(&last), None).unwrap();
            assert_eq!((first.len(), last.len()), (HEAD, HEAD));
        }
        assert!(first < last);
    }

    #[test]
    fn inserting_always_at_one_spot_ends_in_a_spread_that_keeps_the_order() {
        let mut column = spread(3);
        let mut spreads = 0;
        for _ in 0..2_000 {
            let key = between(Some(&column[0]), Some(&column[1])).unwrap_or_else(|| {
                spreads += 1;
                column = spread(column.len());
                between(Some(&column[0]), Some(&column[1])).unwrap()
            });
            assert!(key.len() <= MAX_LEN);
            column.insert(1, key);
        }
        assert!(column.is_sorted_by(|a, b| a < b));
        assert!(spreads > 0);
    }

    #[test]
    fn neighbours_out_of_order_have_nothing_between() {
        let keys = spread(2);
        assert_eq!(between(Some(&keys[1]), Some(&keys[0])), None);
        assert_eq!(between(Some(&keys[0]), Some(&keys[0])), None);
        assert_eq!(between(Some("not a rank"), None), None);
    }

    proptest! {
        #[test]
        fn a_key_between_two_neighbours_sorts_between_them(spots in prop::collection::vec(0usize..40, 1..300)) {
            let mut column: Vec<String> = Vec::new();
            for spot in spots {
                let spot = spot % (column.len() + 1);
                let before = spot.checked_sub(1).and_then(|index| column.get(index)).cloned();
                let after = column.get(spot).cloned();
                match between(before.as_deref(), after.as_deref()) {
                    Some(key) => {
                        prop_assert!(is_rank(&key), "{key}");
                        column.insert(spot, key);
                    }
                    None => column = spread(column.len()),
                }
                prop_assert!(column.is_sorted_by(|a, b| a < b));
            }
        }

        #[test]
        fn a_spread_is_in_order_and_valid(count in 0usize..3_000) {
            let keys = spread(count);
            prop_assert_eq!(keys.len(), count);
            prop_assert!(keys.is_sorted_by(|a, b| a < b));
            prop_assert!(keys.iter().all(|key| is_rank(key)));
        }
    }
}
