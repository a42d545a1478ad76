//! What may happen to a board.

use super::lane_id::LaneId;
use super::moves::{BulkId, Input, OpId, Origin, Place};
use crate::funnel::deal::edit::Edit;
use chrono::{DateTime, Utc};
use shared::event::MovedData;
use shared::funnel::{Board, BoardTotals, BulkAction, Deal, LossReason};
use shared::id::{DealId, StageId};
use shared::page::Page;
use std::rc::Rc;

/// What may happen to a board.
#[derive(Debug, Clone, PartialEq)]
pub enum BoardAction {
    /// The board came from the server, first or anew.
    Loaded(Rc<Board>),
    /// More cards of a column were asked for.
    CardsAsked(LaneId),
    /// They came.
    CardsLoaded {
        /// The column.
        lane: LaneId,
        /// The cursor they were asked with.
        cursor: String,
        /// The cards.
        page: Page<Deal>,
    },
    /// They did not come.
    CardsFailed(LaneId),
    /// The figures came; they count only if nothing changed since they were asked for.
    TotalsLoaded {
        /// `BoardState::epoch` when they were asked for.
        epoch: u64,
        /// The figures.
        totals: BoardTotals,
    },
    /// A card was taken.
    Lifted {
        /// Which.
        deal: DealId,
        /// How.
        input: Input,
    },
    /// The card in the air is over a place, or over none.
    MovedOver(Option<Place>),
    /// It was let go, at this time.
    Dropped(DateTime<Utc>),
    /// It was given up; it returns.
    Cancelled,
    /// The reason a lost stage needs was given.
    ReasonGiven {
        /// Why.
        reason: LossReason,
        /// More about that.
        note: Option<String>,
    },
    /// It was not; the card returns.
    ReasonDeclined,
    /// The server says that a move lacks what the stages on its way ask; it is taken back and shown.
    GateMissed(OpId),
    /// What a deal lacks to move to a stage is to be shown.
    GateShown {
        /// The deal.
        deal: DealId,
        /// The stage.
        to: StageId,
        /// When it is asked.
        at: DateTime<Utc>,
    },
    /// The move that lacked something is made after all, at this time.
    GateTried {
        /// Why, while something is still missing.
        reason: Option<String>,
        /// When.
        at: DateTime<Utc>,
    },
    /// It is given up; the card stays.
    GateLeft,
    /// A move went out.
    Sent(OpId),
    /// The server did it.
    MoveConfirmed {
        /// The move.
        op: OpId,
        /// The deal as it is now.
        deal: Box<Deal>,
    },
    /// The card it should follow had left; it goes out again after the next one above.
    AnchorLost(OpId),
    /// The server did not do it; only this move is taken back.
    MoveFailed {
        /// The move.
        op: OpId,
        /// The deal as it is now, where the server said.
        current: Option<Box<Deal>>,
    },
    /// A confirmed move is taken back by a move of its own, at this time.
    Undone(OpId, DateTime<Utc>),
    /// The person changed fields of a card.
    Edited {
        /// The deal.
        deal: DealId,
        /// What was typed, and the change it makes.
        edit: Box<Edit>,
    },
    /// The change went out.
    EditSent(OpId),
    /// The server did it.
    EditConfirmed {
        /// The change.
        op: OpId,
        /// The deal as it is now.
        deal: Box<Deal>,
    },
    /// The server did not do it; only this change is taken back.
    EditFailed {
        /// The change.
        op: OpId,
        /// The deal as it is now, where the server said.
        current: Option<Box<Deal>>,
    },
    /// Another place, by this browser or any other: what the event says.
    DealMoved {
        /// The deal.
        deal: DealId,
        /// From, to, version.
        data: Box<MovedData>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The person did something to many cards at once; it is on its way.
    Together {
        /// Its name.
        bulk: BulkId,
        /// What.
        action: Box<BulkAction>,
        /// The name of the owner it gives the cards to.
        owner: Option<Rc<str>>,
        /// To which cards, in the board's order.
        cards: Rc<Vec<Rc<Deal>>>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Deals that were changed together, as they are now.
    Settled {
        /// The action that is over; what it showed of a deal that is not among them is taken back.
        bulk: Option<BulkId>,
        /// The deals.
        deals: Vec<Deal>,
        /// Where those that moved were before, in the order of their cards.
        origins: Vec<(DealId, Origin)>,
    },
    /// A deal as it is now, asked for after an event or made here.
    DealSeen(Box<Deal>),
    /// It was archived, or is out of view.
    DealGone {
        /// Which.
        deal: DealId,
        /// Its version then, when known.
        version: Option<i32>,
    },
    /// Deals that are not loaded changed: the figures are others now.
    ChangedElsewhere,
    /// A deal that was asked for was answered, one way or the other.
    DealAsked(DealId),
}
