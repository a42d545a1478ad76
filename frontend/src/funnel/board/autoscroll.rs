//! How fast a list scrolls by itself while a card is held near its edge.
//!
//! The figures are those of Atlassian's pragmatic drag and drop: it begins in the outer quarter of the
//! list, at most 180 px deep, is at full speed from half of that, and needs 400 ms to get there.

/// Pixels a second at full speed.
const FULL_SPEED: f64 = 900.0;
/// The share of the list at each end where it begins.
const ZONE_SHARE: f64 = 0.25;
/// The deepest such zone, in pixels.
const ZONE_MOST: f64 = 180.0;
/// Milliseconds until full speed.
const RAMP: f64 = 400.0;

/// The speed along one axis, in pixels a second, negative towards the start: for a pointer at `at`
/// between `start` and `end` of the list, held there for `held` milliseconds.
#[must_use]
pub fn speed(at: f64, start: f64, end: f64, held: f64) -> f64 {
    let zone = ((end - start) * ZONE_SHARE).min(ZONE_MOST);
    if zone <= 0.0 {
        return 0.0;
    }
    let depth = |distance: f64| ((zone - distance) / (zone / 2.0)).clamp(0.0, 1.0);
    let share = depth(end - at) - depth(at - start);
    let ramp = (held / RAMP).clamp(0.0, 1.0);
    FULL_SPEED * share * ramp
}

/// Whether the pointer is where scrolling begins.
#[must_use]
pub fn is_in_zone(at: f64, start: f64, end: f64) -> bool {
    speed(at, start, end, RAMP).abs() > f64::EPSILON
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_stands_still_and_the_edges_run() {
        assert_eq!(speed(350.0, 0.0, 700.0, 1_000.0), 0.0);
        assert_eq!(speed(700.0, 0.0, 700.0, 1_000.0), FULL_SPEED);
        assert_eq!(speed(0.0, 0.0, 700.0, 1_000.0), -FULL_SPEED);
        assert_eq!(
            speed(900.0, 0.0, 700.0, 1_000.0),
            FULL_SPEED,
            "past the edge is the edge"
        );
    }

    #[test]
    fn full_speed_is_reached_half_way_into_the_zone() {
        let zone = 700.0 * ZONE_SHARE;
        assert_eq!(speed(700.0 - zone / 2.0, 0.0, 700.0, 1_000.0), FULL_SPEED);
        assert_eq!(
            speed(700.0 - zone * 0.75, 0.0, 700.0, 1_000.0),
            FULL_SPEED / 2.0
        );
    }

    #[test]
    fn it_gathers_speed() {
        assert_eq!(speed(700.0, 0.0, 700.0, 0.0), 0.0);
        assert_eq!(speed(700.0, 0.0, 700.0, 200.0), FULL_SPEED / 2.0);
    }

    #[test]
    fn a_large_list_has_a_zone_of_at_most_180() {
        assert!(!is_in_zone(181.0, 0.0, 4_000.0));
        assert!(is_in_zone(179.0, 0.0, 4_000.0));
    }
}
