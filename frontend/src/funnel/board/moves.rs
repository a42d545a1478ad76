//! Moves on their way to the server, and how they lie over what the server has confirmed.
//!
//! The board is the confirmed cards with every pending move laid on top, in the order they were made.
//! Taking one move off leaves the others, so a failed move takes back itself and nothing else.

use super::lane_id::LaneId;
use chrono::{DateTime, Utc};
use shared::funnel::{Deal, LossReason, MoveDeal};
use shared::id::{DealId, StageId};
use std::rc::Rc;

/// How many cards above the drop are remembered, should the nearest leave before the move is sent.
const TRAIL: usize = 8;

/// Names one move of this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct OpId(pub u64);

/// Names one action on many cards of this page.
pub type BulkId = u32;

/// The way a card was taken; all end in the same drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// A mouse.
    Mouse,
    /// A finger.
    Touch,
    /// A pen.
    Pen,
    /// Space on the focused card.
    Keyboard,
    /// The "Move to…" menu or sheet.
    Menu,
    /// The stage stepper of the deal's own page.
    Stepper,
    /// An action on many cards.
    Bulk,
    /// The undo command.
    Undo,
}

impl Input {
    /// Whether the card hangs on a pointer, so that a floating copy follows it.
    #[must_use]
    pub const fn is_pointer(self) -> bool {
        matches!(self, Self::Mouse | Self::Touch | Self::Pen)
    }
}

/// A place in a column as it shows, counted without the card that is being moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The column; a stage may be moved to also where the columns are something else.
    pub lane: LaneId,
    /// From 0, the top.
    pub index: usize,
}

impl Place {
    /// The top of a stage.
    #[must_use]
    pub const fn top(stage: StageId) -> Self {
        Self {
            lane: LaneId::Stage(stage),
            index: 0,
        }
    }
}

/// A card in the air.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drag {
    /// How it was taken.
    pub input: Input,
    /// The card as it was drawn when taken.
    pub deal: Rc<Deal>,
    /// The version the move will be pinned to.
    pub version: i32,
    /// Where it was.
    pub from: Place,
    /// Where it would fall now.
    pub over: Option<Place>,
}

impl Drag {
    /// Whether letting go now would change anything.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.over.is_some_and(|over| over != self.from)
    }
}

/// Where a card was before a move: what undo needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The column.
    pub stage: StageId,
    /// The cards that were above it, nearest first.
    pub above: Vec<DealId>,
    /// Its key there.
    pub rank: String,
    /// Its loss reason then.
    pub loss_reason: Option<LossReason>,
    /// The note to it.
    pub loss_note: Option<String>,
}

impl Origin {
    pub(super) fn of(deal: &Deal, above: Vec<DealId>) -> Self {
        Self {
            stage: deal.stage_id,
            above,
            rank: deal.rank.clone(),
            loss_reason: deal.loss_reason,
            loss_note: deal.loss_note.clone(),
        }
    }
}

/// One move that the server has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMove {
    /// Its name.
    pub op: OpId,
    /// How it was made.
    pub input: Input,
    /// The card as it shows at its new place.
    pub card: Rc<Deal>,
    /// Where it was.
    pub origin: Origin,
    /// The version it is pinned to.
    pub version: i32,
    /// The cards above the drop, nearest first; the first that is still there is followed.
    pub trail: Vec<DealId>,
    /// Why it was lost.
    pub loss_reason: Option<LossReason>,
    /// More about that.
    pub loss_note: Option<String>,
    /// Why it goes on although criteria are missing.
    pub override_reason: Option<String>,
    /// The key it had at the place an undo brings it back to.
    pub restores: Option<String>,
    /// The card it was sent to follow, once sent.
    pub sent_after: Option<Option<DealId>>,
    /// The action on many it is a part of.
    pub bulk: Option<BulkId>,
}

/// What goes over the wire for one move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The move it belongs to.
    pub op: OpId,
    /// The deal.
    pub deal: DealId,
    /// For `If-Match`.
    pub version: i32,
    /// The command.
    pub body: MoveDeal,
}

impl PendingMove {
    /// A card let go over a stage; `above` are the cards that were above it, `trail` those above the
    /// drop, nearest first.
    pub(super) fn new(
        drag: &Drag,
        to: StageId,
        above: Vec<DealId>,
        trail: Vec<DealId>,
        at: DateTime<Utc>,
    ) -> Self {
        let deal = &drag.deal;
        Self {
            op: OpId::default(),
            input: drag.input,
            card: Rc::new(placed(deal, to, at)),
            origin: Origin::of(deal, above),
            version: drag.version,
            trail,
            loss_reason: None,
            loss_note: None,
            override_reason: None,
            restores: None,
            sent_after: None,
            bulk: None,
        }
    }

    /// The deal that moves.
    #[must_use]
    pub fn deal(&self) -> DealId {
        self.card.id
    }

    /// The stage it moves to.
    #[must_use]
    pub fn to(&self) -> StageId {
        self.card.stage_id
    }

    /// Lays the move over a column that holds its card no more.
    pub(super) fn lay_over(&self, column: &mut Vec<Rc<Deal>>, card: Rc<Deal>) {
        let spot = self
            .trail
            .iter()
            .find_map(|id| column.iter().position(|card| card.id == *id))
            .map_or(0, |index| index + 1);
        column.insert(spot.min(column.len()), card);
    }
}

/// The cards above a place in a column without that deal, nearest first.
pub(super) fn above(column: &[Rc<Deal>], without: DealId, index: usize) -> Vec<DealId> {
    let others = column
        .iter()
        .map(|card| card.id)
        .filter(|id| *id != without);
    let mut ids: Vec<DealId> = others.take(index).collect();
    ids.reverse();
    ids.truncate(TRAIL);
    ids
}

/// The card with its new stage, freshly entered when that is another one.
pub(super) fn placed(deal: &Deal, stage: StageId, at: DateTime<Utc>) -> Deal {
    let mut card = deal.clone();
    if card.stage_id != stage {
        card.stage_id = stage;
        card.stage_entered_at = at;
        card.override_reason = None;
    }
    card
}

/// A move the server has confirmed and that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The move.
    pub op: OpId,
    /// The first of those that are undone with it; itself, when it was made alone.
    pub group: OpId,
    /// The deal.
    pub deal: DealId,
    /// Where it was.
    pub origin: Origin,
    /// Where the move put it.
    pub stage: StageId,
    /// Its key there.
    pub rank: String,
}
