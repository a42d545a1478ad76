//! What of the board the small app leaves to the whole one (see [`crate::later`]): what is opened now and
//! then, and would make every first visit wait.

pub use sides::{
    arrange, board_hint, bulk_bar, carries, entered, gate_sheet, group_lanes, group_pager,
    keys_hint, lane_name, narrowing, new_deal, places, quick_row, stage_dialog, use_offers,
    views_menu,
};
pub(super) use sides::{card_editor, use_editor, use_made};
pub(super) use sides::{put_back, regroup, regrouped};

use super::action::BoardAction;
use super::editor::EditAsk;
use super::select::{SelectAction, Selection};
use super::state::BoardState;
use super::view::Ask;
use crate::format;
use crate::funnel::deal::fields::DealField;
use crate::later::{Wish, take};
use shared::funnel::Board;
use shared::id::{DealId, StageId};
use std::rc::Rc;

/// The cards that were chosen in the small app.
pub fn chosen_before() -> Selection {
    let mut selection = Selection::default();
    if let Some(ids) = take(Wish::Choose) {
        let ids = ids.split(',').filter_map(|id| id.parse().ok().map(DealId));
        selection.apply(SelectAction::Kept(ids.collect()));
    }
    selection
}

/// What was asked for in the small app.
pub fn asked_before(board: &Board) -> Ask {
    // The whole app grants this one by drawing the board.
    let _ = take(Wish::Groups);
    let placed = take(Wish::Place).and_then(|about| about.parse().ok().map(DealId));
    if let Some(deal) = placed {
        return Ask::Move(deal);
    }
    let edited = take(Wish::Edit).and_then(|about| edit_asked(&about, board));
    if let Some(edit) = edited {
        return Ask::Edit(edit);
    }
    let explained = take(Wish::Explain).and_then(|about| about.parse().ok().map(StageId));
    if let Some(stage) = explained {
        return Ask::Explain(stage);
    }
    let Some(about) = take(Wish::NewDeal) else {
        return Ask::Nothing;
    };
    let first = board.funnel.stages.first().map(|stage| stage.id);
    let stage = about.parse().ok().map(StageId).or(first);
    stage.map_or(Ask::Nothing, Ask::Add)
}

fn edit_asked(about: &str, board: &Board) -> Option<EditAsk> {
    let (id, name) = about.split_once(' ')?;
    let id: DealId = id.parse().ok()?;
    let mut cards = board.columns.iter().flat_map(|column| &column.cards);
    let deal = cards.find(|card| card.id == id)?;
    let mut fields = DealField::CARD.into_iter();
    let first = fields.find(|field| field.name() == name)?;
    Some(EditAsk::of(Rc::new(deal.clone()), first))
}

/// The board with the gate that stopped a move in the small app.
pub fn blocked_before(mut state: BoardState) -> BoardState {
    let asked = take(Wish::Gate);
    let asked = asked.as_deref().and_then(|about| about.split_once(' '));
    if let Some((deal, to)) = asked
        && let (Ok(deal), Ok(to)) = (deal.parse(), to.parse())
    {
        state.apply(BoardAction::GateShown {
            deal: DealId(deal),
            to: StageId(to),
            at: format::now(),
        });
    }
    state
}

/// The filter whose menu was asked for in the small app.
pub fn narrowed_before() -> Option<String> {
    take(Wish::Narrow)
}

/// The column in which deals were to be added in the small app.
pub fn added_before() -> Option<StageId> {
    take(Wish::Add)?.parse().ok().map(StageId)
}

#[cfg(feature = "whole")]
mod sides {
    use crate::funnel::board::arrange::{Arrange, ArrangeProps};
    use crate::funnel::board::bulk::{BulkBar, BulkBarProps};
    use crate::funnel::board::editor::{CardEditor, CardEditorProps};
    use crate::funnel::board::explain::{StageDialog, StageDialogProps};
    use crate::funnel::board::move_menu::MoveMenuProps;
    use crate::funnel::board::narrow::{NarrowingProps, whole::Narrowing};
    use crate::funnel::board::quick_row::{QuickRow, QuickRowProps};
    use crate::funnel::board::views::{ViewsMenu, ViewsMenuProps};
    use crate::funnel::deal::{NewDealDialog, NewDealDialogProps};
    use crate::funnel::gate::{GateSheet, GateSheetProps};
    use shared::id::StageId;
    use yew::prelude::*;

    pub(in crate::funnel::board) use crate::funnel::board::editor::use_editor;
    pub use crate::funnel::board::group_lane::{
        board_hint, group_lanes, group_pager, keys_hint, lane_name,
    };
    pub(in crate::funnel::board) use crate::funnel::board::made::use_made;
    pub use crate::funnel::board::narrow::whole::use_offers;
    pub use crate::funnel::board::regroup::whole::{carries, entered};
    pub(in crate::funnel::board) use crate::funnel::board::regroup::whole::{
        put_back, regroup, regrouped,
    };

    /// What the columns are and the order of their cards.
    pub fn arrange(props: ArrangeProps) -> Html {
        html! { <Arrange ..props /> }
    }

    /// The bar below the board while cards are chosen.
    pub fn bulk_bar(props: BulkBarProps) -> Html {
        html! { <BulkBar ..props /> }
    }

    /// What a move lacks.
    pub fn gate_sheet(props: GateSheetProps) -> Html {
        let key = props.deal.id.to_string();
        html! { <GateSheet {key} ..props /> }
    }

    /// The form at a card.
    pub(in crate::funnel::board) fn card_editor(props: CardEditorProps) -> Html {
        let key = props.ask.deal.id.to_string();
        html! { <CardEditor {key} ..props /> }
    }

    /// The dialog for one new deal.
    pub fn new_deal(props: NewDealDialogProps) -> Html {
        html! { <NewDealDialog ..props /> }
    }

    /// The rows of a stage a card can be moved to.
    pub fn places(props: &MoveMenuProps, stage: StageId) -> Html {
        crate::funnel::board::places::places(props, stage)
    }

    /// The chips that narrow the board.
    pub fn narrowing(props: NarrowingProps) -> Html {
        html! { <Narrowing ..props /> }
    }

    /// The row at the top of a column for deals added one after the other.
    pub fn quick_row(props: QuickRowProps) -> Html {
        html! { <QuickRow ..props /> }
    }

    /// A stage in words.
    pub fn stage_dialog(props: StageDialogProps) -> Html {
        html! { <StageDialog ..props /> }
    }

    /// The menu of saved views.
    pub fn views_menu(props: ViewsMenuProps) -> Html {
        html! { <ViewsMenu ..props /> }
    }
}

#[cfg(not(feature = "whole"))]
mod sides {
    use crate::funnel::board::arrange::{ArrangeProps, arrange_label};
    use crate::funnel::board::bulk::BulkBarProps;
    use crate::funnel::board::editor::CardEditorProps;
    use crate::funnel::board::edits::PendingEdit;
    use crate::funnel::board::explain::StageDialogProps;
    use crate::funnel::board::focus::Latest;
    use crate::funnel::board::group_lane::Grouped;
    use crate::funnel::board::lane_id::LaneId;
    use crate::funnel::board::move_menu::MoveMenuProps;
    use crate::funnel::board::mover::Mover;
    use crate::funnel::board::moves::{Drag, OpId};
    use crate::funnel::board::narrow::{Chosen, NarrowingProps, Offers, switches};
    use crate::funnel::board::quick_row::QuickRowProps;
    use crate::funnel::board::say::stage_name;
    use crate::funnel::board::state::BoardState;
    use crate::funnel::board::view::Ask;
    use crate::funnel::board::views::{ViewsMenuProps, views_label};
    use crate::funnel::deal::NewDealDialogProps;
    use crate::funnel::gate::GateSheetProps;
    use crate::i18n::{Lang, t};
    use crate::later::{Later, Wish, ask};
    use shared::funnel::{BoardFilter, Deal, GroupKey, Grouping};
    use shared::id::StageId;
    use yew::prelude::*;

    /// Nothing is changed in the small app.
    #[hook]
    pub(in crate::funnel::board) fn use_editor(
        _state: &UseReducerHandle<BoardState>,
        _latest: &Latest,
        _ask: &UseStateHandle<Ask>,
        _saw: &Callback<Deal>,
        _mover: &Mover,
    ) {
    }

    /// Nothing is made in the small app.
    #[hook]
    pub(in crate::funnel::board) fn use_made(
        _latest: &Latest,
        _saw: &Callback<Deal>,
        _filter: &BoardFilter,
        _on_filter: &Callback<BoardFilter>,
    ) -> Callback<Deal> {
        Callback::noop()
    }

    pub fn arrange(props: ArrangeProps) -> Html {
        let (class, name, label) = arrange_label(props.layout);
        let onclick = Callback::from(|_: MouseEvent| ask(Wish::Arrange, ""));
        html! { <button type="button" {class} aria-label={name} aria-haspopup="menu" aria-expanded="false" {onclick}>{ label }</button> }
    }

    /// The columns are stages, or not drawn.
    pub const fn carries(by: Grouping, _: bool) -> bool {
        matches!(by, Grouping::Stage)
    }

    pub const fn entered(_: GroupKey, _: &Deal) -> Option<Deal> {
        None
    }

    pub(in crate::funnel::board) const fn regroup(_: &mut BoardState, _: &Drag, _: GroupKey) {}

    pub(in crate::funnel::board) const fn put_back(_: &mut BoardState, _: OpId) {}

    pub(in crate::funnel::board) fn regrouped(_: &mut BoardState, _: PendingEdit) {}

    pub fn lane_name(_: Lang, state: &BoardState, lane: LaneId) -> String {
        let stage = lane.stage().map(|stage| stage_name(state, stage));
        stage.unwrap_or_default().to_owned()
    }

    pub fn keys_hint(_: &BoardState, _: bool) -> String {
        t!("board.keys").into_owned()
    }

    pub fn board_hint(_: &BoardState, _: bool) -> Html {
        Html::default()
    }

    pub fn group_lanes(_: Lang, _: &BoardState, _: &Grouped) -> Html {
        html! { <Later wish={Wish::Groups} /> }
    }

    pub fn group_pager(_: Lang, _: &BoardState, _: &Grouped, _: usize) -> Html {
        Html::default()
    }

    /// Nothing is offered in the small app.
    #[hook]
    pub fn use_offers() -> Offers {
        Offers::default()
    }

    pub fn narrowing(props: NarrowingProps) -> Html {
        let filter = &props.filter;
        let set = |is: bool| is.then(|| "…".to_owned());
        let team = ("team", t!("board.team"), set(filter.team_id.is_some()));
        let industry = ("industry", t!("board.industry"), filter.industry.clone());
        let tier = filter.tier.map(|tier| tier.as_ref().to_owned());
        let channel = filter.source.clone();
        let channel = channel.or_else(|| set(filter.prospecting.is_some()));
        let all = [
            team,
            industry,
            ("tier", t!("board.tier_label"), tier),
            ("channel", t!("board.channel"), channel),
        ];
        html! {
            <span class="further">
                for (id, name, value) in all {
                    { narrowed(&Chosen { id, name, value }) }
                }
                { switches(&props) }
            </span>
        }
    }

    fn narrowed(chosen: &Chosen) -> Html {
        let id = chosen.id;
        let onclick = move |_: MouseEvent| ask(Wish::Narrow, id);
        html! { <button type="button" class={chosen.class()} aria-haspopup="menu" aria-expanded="false" {onclick}>{ chosen.label() }</button> }
    }

    pub fn gate_sheet(props: GateSheetProps) -> Html {
        let about = format!("{} {}", props.deal.id, props.to);
        html! { <Later wish={Wish::Gate} {about} /> }
    }

    pub fn bulk_bar(props: BulkBarProps) -> Html {
        let ids: Vec<String> = props.cards.iter().map(|card| card.id.to_string()).collect();
        if ids.is_empty() {
            return Html::default();
        }
        html! { <Later wish={Wish::Choose} about={ids.join(",")} /> }
    }

    pub(in crate::funnel::board) fn card_editor(props: CardEditorProps) -> Html {
        let about = format!("{} {}", props.ask.deal.id, props.ask.first.name());
        html! { <Later wish={Wish::Edit} {about} /> }
    }

    pub fn new_deal(props: NewDealDialogProps) -> Html {
        let about = props
            .stage
            .map(|stage| stage.to_string())
            .unwrap_or_default();
        html! { <Later wish={Wish::NewDeal} {about} /> }
    }

    pub fn places(props: &MoveMenuProps, _: StageId) -> Html {
        html! { <Later wish={Wish::Place} about={props.deal.id.to_string()} /> }
    }

    pub fn quick_row(props: QuickRowProps) -> Html {
        html! { <Later wish={Wish::Add} about={props.stage.id.to_string()} /> }
    }

    pub fn stage_dialog(props: StageDialogProps) -> Html {
        html! { <Later wish={Wish::Explain} about={props.stage.id.to_string()} /> }
    }

    pub fn views_menu(props: ViewsMenuProps) -> Html {
        let (class, label) = views_label(&props.views);
        let onclick = Callback::from(|_: MouseEvent| ask(Wish::Views, ""));
        html! { <button type="button" {class} aria-haspopup="menu" aria-expanded="false" {onclick}>{ label }</button> }
    }
}
