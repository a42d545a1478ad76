//! What a key on a card does: arrows go from card to card, Space lifts, arrows carry, Space drops.

use super::lane_id::LaneId;
use super::moves::{Drag, Place};
use super::quick_row::takes_new;
use super::state::BoardState;
use shared::id::{DealId, StageId};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Put the focus on another card.
    Focus(DealId),
    /// Take the card.
    Lift,
    /// Carry it there.
    Carry(Place),
    /// Let it go.
    Drop,
    /// Give it up.
    Cancel,
    /// Choose a stage from a list.
    Menu,
    /// Choose the card for an action on many, or no more.
    Choose,
    /// Change the card's amount, date and next step.
    Edit,
    /// Add a deal in the card's column.
    Add(StageId),
    /// Go to the deal's page.
    Open,
    /// Nothing, but the browser must not act on the key either.
    Hold,
}

/// What the person may do with cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct May {
    /// Change them.
    pub can_edit: bool,
    /// Carry them from column to column.
    pub can_carry: bool,
}

/// What a key on a card means now; `shown` are the columns that are not folded, in order.
#[must_use]
pub fn command(
    key: &str,
    card: DealId,
    state: &BoardState,
    shown: &[LaneId],
    may: May,
) -> Option<Command> {
    match state.drag() {
        Some(drag) if drag.input.is_pointer() => None,
        Some(drag) => Some(carrying(key, drag, state)),
        None => resting(key, card, state, shown, may),
    }
}

fn resting(
    key: &str,
    card: DealId,
    state: &BoardState,
    shown: &[LaneId],
    May {
        can_edit,
        can_carry,
    }: May,
) -> Option<Command> {
    match key {
        " " if can_carry => Some(Command::Lift),
        // Where cards stay in their columns, they change their stage by the menu alone.
        " " if can_edit => Some(Command::Menu),
        "Enter" => Some(Command::Open),
        "m" | "M" if can_edit => Some(Command::Menu),
        "x" | "X" if can_edit => Some(Command::Choose),
        "e" | "E" if can_edit => Some(Command::Edit),
        "n" | "N" if can_edit => {
            let stage = state.stage(state.place_of(card)?.lane.stage()?)?;
            takes_new(stage).then_some(Command::Add(stage.id))
        }
        _ => neighbour(key, card, state, shown).map(Command::Focus),
    }
}

/// The card an arrow leads to; sideways to the same height of the next column that has cards.
fn neighbour(key: &str, card: DealId, state: &BoardState, shown: &[LaneId]) -> Option<DealId> {
    let at = state.place_of(card)?;
    let cards = state.cards(at.lane);
    let row = match key {
        "ArrowUp" => at.index.checked_sub(1)?,
        "ArrowDown" => at.index + 1,
        "Home" => 0,
        "End" => cards.len().checked_sub(1)?,
        "ArrowLeft" | "ArrowRight" => {
            let from = shown.iter().position(|lane| *lane == at.lane)?;
            let (before, after) = (shown.get(..from)?, shown.get(from + 1..)?);
            let beside: Vec<_> = if key == "ArrowLeft" {
                before.iter().rev().collect()
            } else {
                after.iter().collect()
            };
            let cards = beside
                .into_iter()
                .map(|lane| state.cards(*lane))
                .find(|cards| !cards.is_empty())?;
            return cards.get(at.index.min(cards.len() - 1)).map(|card| card.id);
        }
        _ => return None,
    };
    cards.get(row).map(|card| card.id)
}

fn carrying(key: &str, drag: &Drag, state: &BoardState) -> Command {
    let over = drag.over.unwrap_or(drag.from);
    let last = |lane: LaneId| state.cards(lane).len() - usize::from(lane == drag.from.lane);
    let sideways = |step: fn(usize) -> Option<usize>| {
        let lanes: Vec<LaneId> = state.lanes().map(|(lane, _)| lane).collect();
        let mut at = lanes.iter().position(|lane| *lane == over.lane);
        while let Some(next) = at.and_then(step).filter(|next| *next < lanes.len()) {
            let lane = lanes.get(next).copied();
            match lane.filter(|lane| state.takes(&drag.deal, *lane)) {
                Some(lane) => {
                    let index = over.index.min(last(lane));
                    let place = Place { lane, index };
                    return Command::Carry(state.landing(&drag.deal, place));
                }
                None => at = Some(next),
            }
        }
        Command::Hold
    };
    let to = |index: usize| {
        if index == over.index {
            Command::Hold
        } else {
            Command::Carry(Place { index, ..over })
        }
    };
    match key {
        "ArrowUp" | "ArrowDown" | "Home" | "End" if !state.is_by_hand() => Command::Hold,
        "ArrowUp" => to(over.index.saturating_sub(1)),
        "ArrowDown" => to((over.index + 1).min(last(over.lane))),
        "Home" => to(0),
        "End" => to(last(over.lane)),
        "ArrowLeft" => sideways(|at| at.checked_sub(1)),
        "ArrowRight" => sideways(|at| Some(at + 1)),
        " " | "Enter" => Command::Drop,
        "Escape" => Command::Cancel,
        _ => Command::Hold,
    }
}

#[cfg(test)]
mod tests {
    use super::super::action::BoardAction;
    use super::super::fixture::{at, board, deal, deal_id, stage_id};
    use super::super::moves::Input;
    use super::*;

    const ALL: May = May {
        can_edit: true,
        can_carry: true,
    };
    const NOTHING: May = May {
        can_edit: false,
        can_carry: false,
    };

    fn state() -> BoardState {
        BoardState::new(&board(&[deal(1, 0, "a"), deal(2, 0, "b"), deal(3, 2, "a")]))
    }

    fn shown() -> Vec<LaneId> {
        (0..3).map(|index| stage_id(index).into()).collect()
    }

    fn press(key: &str, card: u128, state: &BoardState) -> Option<Command> {
        command(key, deal_id(card), state, &shown(), ALL)
    }

    #[test]
    fn arrows_go_from_card_to_card_and_over_empty_columns() {
        let state = state();
        assert_eq!(
            press("ArrowDown", 1, &state),
            Some(Command::Focus(deal_id(2)))
        );
        assert_eq!(press("ArrowUp", 1, &state), None);
        assert_eq!(
            press("ArrowRight", 2, &state),
            Some(Command::Focus(deal_id(3)))
        );
        assert_eq!(
            press("ArrowLeft", 3, &state),
            Some(Command::Focus(deal_id(1)))
        );
        assert_eq!(press("End", 1, &state), Some(Command::Focus(deal_id(2))));
    }

    #[test]
    fn a_card_is_lifted_carried_and_dropped_by_keys_alone() {
        let mut state = state();
        assert_eq!(press(" ", 1, &state), Some(Command::Lift));
        state.apply(BoardAction::Lifted {
            deal: deal_id(1),
            input: Input::Keyboard,
        });
        assert_eq!(press("ArrowUp", 1, &state), Some(Command::Hold));
        let Some(Command::Carry(place)) = press("ArrowRight", 1, &state) else {
            panic!("not carried")
        };
        assert_eq!(
            place,
            Place {
                lane: stage_id(1).into(),
                index: 0
            }
        );
        state.apply(BoardAction::MovedOver(Some(place)));
        assert_eq!(
            press("ArrowDown", 1, &state),
            Some(Command::Hold),
            "an empty column has one place"
        );
        assert_eq!(press(" ", 1, &state), Some(Command::Drop));
        state.apply(BoardAction::Dropped(at(0)));
        assert_eq!(state.place_of(deal_id(1)), Some(place));
    }

    #[test]
    fn a_deal_is_added_beside_a_card_except_a_lost_one() {
        let state = BoardState::new(&board(&[deal(1, 1, "a"), deal(2, 2, "a"), deal(3, 3, "a")]));
        assert_eq!(press("n", 1, &state), Some(Command::Add(stage_id(1))));
        assert_eq!(press("N", 2, &state), Some(Command::Add(stage_id(2))));
        assert_eq!(press("n", 3, &state), None);
        assert_eq!(command("n", deal_id(1), &state, &shown(), NOTHING), None);
    }

    #[test]
    fn who_may_not_edit_still_reads_by_keys() {
        let state = state();
        assert_eq!(command(" ", deal_id(1), &state, &shown(), NOTHING), None);
        assert_eq!(
            command("Enter", deal_id(1), &state, &shown(), NOTHING),
            Some(Command::Open)
        );
    }
}
