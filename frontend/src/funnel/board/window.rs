//! Which rows of a column are in the page: those in view and a few around them. Cards are equally high,
//! so the rest is two spacers.

use std::ops::Range;

/// The view moves in steps of this many rows: within one, scrolling draws nothing. With more of them at
/// once a single frame would have to draw them all.
pub const STEP: usize = 1;

/// The sizes of a column's rows, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowSizes {
    /// A card.
    pub card: f64,
    /// The space between two cards.
    pub gap: f64,
    /// The space above the first.
    pub top: f64,
    /// Rows kept above and below the view.
    pub margin: usize,
}

impl RowSizes {
    /// On a desk.
    pub const DESK: Self = Self {
        card: 142.0,
        gap: 8.0,
        top: 14.0,
        margin: 2,
    };
    /// On a phone.
    pub const PHONE: Self = Self {
        card: 170.0,
        gap: 8.0,
        top: 8.0,
        margin: 2,
    };

    /// From the top of one card to the top of the next.
    #[must_use]
    pub fn pitch(&self) -> f64 {
        self.card + self.gap
    }

    /// The top of a row, from the top of the scrolled content.
    #[must_use]
    pub fn offset(&self, row: usize) -> f64 {
        self.top + self.pitch() * as_f64(row)
    }

    /// The height of that many rows with the gaps after them.
    #[must_use]
    pub fn height(&self, rows: usize) -> f64 {
        self.pitch() * as_f64(rows)
    }

    /// The row at a height of the scrolled content, at most `rows`.
    #[must_use]
    pub fn row_at(&self, y: f64, rows: usize) -> usize {
        as_usize((y - self.top) / self.pitch()).min(rows)
    }
}

/// The rows to draw.
#[must_use]
pub fn visible(scroll_top: f64, view_height: f64, rows: usize, sizes: RowSizes) -> Range<usize> {
    let first = sizes.row_at(scroll_top, rows) / STEP * STEP;
    let in_view = as_usize((view_height / sizes.pitch()).ceil()) + 1;
    let start = first.saturating_sub(sizes.margin);
    let end = (first + STEP + in_view + sizes.margin).min(rows);
    start.min(end)..end
}

/// Where to scroll so that a row is in view; none when it is.
#[must_use]
pub fn scroll_to(row: usize, scroll_top: f64, view_height: f64, sizes: RowSizes) -> Option<f64> {
    let top = sizes.offset(row) - sizes.top;
    let bottom = sizes.offset(row) + sizes.card + sizes.gap;
    if top < scroll_top {
        Some(top)
    } else if bottom > scroll_top + view_height {
        Some(bottom - view_height)
    } else {
        None
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a column holds far fewer cards than a float counts exactly"
)]
fn as_f64(rows: usize) -> f64 {
    rows as f64
}

/// The whole part of a number that is not negative; zero for one that is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates at both ends, which is what is wanted"
)]
fn as_usize(value: f64) -> usize {
    value.floor() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: RowSizes = RowSizes::DESK;

    #[test]
    fn a_column_of_thousands_draws_a_handful() {
        for scroll in [0.0, 75_000.0, 299_000.0] {
            let rows = visible(scroll, 700.0, 2_000, SIZES);
            assert!(rows.len() <= 14, "{rows:?}");
            let first = SIZES.row_at(scroll, 2_000);
            assert!(rows.contains(&first) || first == 2_000 || rows.end == 2_000);
        }
    }

    #[test]
    fn everything_in_view_is_drawn_wherever_one_scrolls() {
        for tenth in 0..3_000 {
            let top = f64::from(tenth) * 10.0;
            let rows = visible(top, 700.0, 200, SIZES);
            let (first, last) = (SIZES.row_at(top, 199), SIZES.row_at(top + 700.0, 199));
            assert!(
                rows.contains(&first) && rows.contains(&last),
                "{top}: {rows:?} lacks {first} or {last}"
            );
        }
    }

    #[test]
    fn an_empty_column_draws_nothing() {
        assert_eq!(visible(0.0, 700.0, 0, SIZES), 0..0);
    }

    #[test]
    fn a_row_out_of_view_is_scrolled_to() {
        assert_eq!(scroll_to(0, 100.0, 700.0, SIZES), Some(0.0));
        assert_eq!(scroll_to(2, 0.0, 700.0, SIZES), None);
        let down = scroll_to(9, 0.0, 700.0, SIZES).unwrap();
        assert!(down + 700.0 >= SIZES.offset(9) + SIZES.card);
    }

    #[test]
    fn a_height_names_its_row() {
        assert_eq!(SIZES.row_at(-50.0, 5), 0);
        assert_eq!(SIZES.row_at(SIZES.offset(3) + 1.0, 5), 3);
        assert_eq!(SIZES.row_at(1e9, 5), 5);
    }
}
