//! Funnels, boards, deals and their moves.

use super::{Api, ApiResult, Method, query};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use shared::accounts::{Prospecting, Tier};
use shared::event::Event;
use shared::funnel::counted::{CountedRules, RulesInForce, Trial, TrialSearch};
use shared::funnel::effort::DealEffort;
use shared::funnel::gate::StageGate;
use shared::funnel::mapping::NewMapping;
use shared::funnel::methods::SalesMethod;
use shared::funnel::{
    AnswerQuestion, Board, BoardFilter, BoardTotals, BulkDeals, BulkResults, CardOrder, Deal,
    DealPatch, DealSheet, Evidence, Funnel, FunnelPatch, FunnelShape, GateSheet, GateVersion,
    GroupKey, Grouping, Layout, MoveDeal, NewDeal, NewEvidence, NewFunnel, NewObjection, NewRound,
    NewTouch, NewView, Objection, ObjectionPatch, PlanTask, PurchaseElements, Reading, Round,
    SavedView, StageKind, Stay, TestAnswers, Touch, ViewPatch, Worth,
};
use shared::id::{
    AccountId, DealId, EvidenceId, FunnelId, ObjectionId, StageId, TeamId, TouchId, UserId, ViewId,
};
use shared::money::Currency;
use shared::page::Page;
use std::collections::BTreeSet;

/// Cards asked for at once while a column is scrolled.
const MORE_CARDS: u32 = 100;

/// Which deals a list asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DealQuery {
    /// Only this one.
    pub id: Option<DealId>,
    /// A part of the title or of the account's name.
    pub text: Option<String>,
    /// Only in this funnel.
    pub funnel_id: Option<FunnelId>,
    /// Only in this stage.
    pub stage_id: Option<StageId>,
    /// Only of this owner.
    pub owner_id: Option<UserId>,
    /// Only of owners in this team or below it.
    pub team_id: Option<TeamId>,
    /// Only of accounts in this industry.
    pub industry: Option<String>,
    /// Only of accounts of this tier.
    pub tier: Option<Tier>,
    /// Only of accounts that came from here.
    pub source: Option<String>,
    /// Only of accounts found by this method.
    pub prospecting: Option<Prospecting>,
    /// Only open ones whose next step is due before this day.
    pub overdue_on: Option<NaiveDate>,
    /// Only those whose furthest stage is one of these, separated by commas.
    pub reached: Option<String>,
    /// Only those made on this day (UTC) or later.
    pub from: Option<NaiveDate>,
    /// Only those made on this day (UTC) or earlier.
    pub to: Option<NaiveDate>,
    /// Only open, won or lost ones.
    pub status: Option<StageKind>,
    /// Only those whose expected profit lies here.
    pub profit: Option<ProfitRange>,
    /// Only of this account.
    pub account_id: Option<AccountId>,
    /// The order, such as `title` or `-updated_at`.
    pub sort: Option<String>,
    /// Rows of a page.
    pub limit: Option<u32>,
}

/// Where expected profits lie; as text `CNY:100:500`, either figure absent where there is no bound, or `none`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfitRange {
    /// Within bounds, of amounts in a currency.
    Known {
        /// The currency.
        currency: Currency,
        /// From here on.
        from: Option<Decimal>,
        /// Below this.
        below: Option<Decimal>,
    },
    /// Nobody said.
    Unknown,
}

impl std::fmt::Display for ProfitRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Known {
            currency,
            from,
            below,
        } = self
        else {
            return f.write_str("none");
        };
        let text = |bound: &Option<Decimal>| bound.map(|n| n.to_string()).unwrap_or_default();
        write!(f, "{currency}:{}:{}", text(from), text(below))
    }
}

impl std::str::FromStr for ProfitRange {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "none" {
            return Ok(Self::Unknown);
        }
        let mut parts = text.split(':');
        let currency = parts.next().and_then(Currency::parse).ok_or(())?;
        let mut bound = || match parts.next() {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| ()),
        };
        Ok(Self::Known {
            currency,
            from: bound()?,
            below: bound()?,
        })
    }
}

/// The moment a day begins, as the API reads it.
fn midnight(day: NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}

impl DealQuery {
    fn path(&self, cursor: Option<String>) -> String {
        let text = self
            .text
            .as_ref()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        let (currency, from, below) = match &self.profit {
            Some(ProfitRange::Known {
                currency,
                from,
                below,
            }) => (Some(*currency), *from, *below),
            Some(ProfitRange::Unknown) | None => (None, None, None),
        };
        let is_unknown = self.profit == Some(ProfitRange::Unknown);
        // What is overdue is open.
        let status = self.status.or(self.overdue_on.map(|_| StageKind::Open));
        let pairs = [
            ("id", self.id.map(|id| id.to_string())),
            ("text[contains]", text),
            ("funnel_id", self.funnel_id.map(|id| id.to_string())),
            ("stage_id", self.stage_id.map(|id| id.to_string())),
            ("owner_id", self.owner_id.map(|id| id.to_string())),
            ("team_id", self.team_id.map(|id| id.to_string())),
            ("industry", self.industry.clone()),
            (
                "account_tier",
                self.tier.map(|tier| tier.as_ref().to_owned()),
            ),
            ("source", self.source.clone()),
            (
                "prospecting",
                self.prospecting.map(|method| method.as_ref().to_owned()),
            ),
            (
                "next_step_on[lt]",
                self.overdue_on.map(|day| day.to_string()),
            ),
            ("reached_stage_id[in]", self.reached.clone()),
            ("created_at[gte]", self.from.map(midnight)),
            (
                "created_at[lt]",
                self.to.and_then(|day| day.succ_opt()).map(midnight),
            ),
            ("status", status.map(|kind| kind.as_ref().to_owned())),
            ("currency", currency.map(|currency| currency.to_string())),
            (
                "expected_profit[gte]",
                from.map(|profit| profit.to_string()),
            ),
            (
                "expected_profit[lt]",
                below.map(|profit| profit.to_string()),
            ),
            (
                "expected_profit[is_null]",
                is_unknown.then(|| "true".to_owned()),
            ),
            ("account_id", self.account_id.map(|id| id.to_string())),
            ("sort", self.sort.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("count", cursor.is_none().then(|| "exact".to_owned())),
            ("cursor", cursor),
        ];
        format!("/deals{}", query(pairs))
    }
}

/// The pairs of a board's filter, as they stand in addresses, the page's own and the API's.
#[must_use]
pub fn filter_pairs(filter: &BoardFilter) -> [(&'static str, Option<String>); 8] {
    [
        ("owner_id", filter.owner_id.map(|id| id.to_string())),
        ("team_id", filter.team_id.map(|id| id.to_string())),
        ("industry", filter.industry.clone()),
        ("tier", filter.tier.map(|tier| tier.as_ref().to_owned())),
        ("source", filter.source.clone()),
        (
            "prospecting",
            filter.prospecting.map(|method| method.as_ref().to_owned()),
        ),
        ("overdue_on", filter.overdue_on.map(|day| day.to_string())),
        ("text", filter.text.clone()),
    ]
}

/// What the columns are, where they are no stages.
fn group_pair(group_by: Grouping) -> (&'static str, Option<String>) {
    let is_usual = group_by == Grouping::default();
    let group_by = (!is_usual).then(|| group_by.as_ref().to_owned());
    ("group_by", group_by)
}

/// The order of the cards, where it is not the usual one.
fn sort_pair(layout: &Layout) -> (&'static str, Option<String>) {
    let is_usual = layout.sort == CardOrder::default();
    let sort = (!is_usual).then(|| layout.sort.as_ref().to_owned());
    ("sort", sort)
}

/// The fields of an account that the filter needs.
#[derive(Deserialize)]
struct Told {
    industry: Option<String>,
    source: Option<String>,
}

/// The words that accounts are told apart by, for a filter; each in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountWords {
    /// Their industries.
    pub industries: Vec<String>,
    /// Where they came from.
    pub sources: Vec<String>,
}

impl Api {
    /// The sales methods that come with the product, in the language of the app.
    ///
    /// # Errors
    /// As every read.
    pub async fn methods(&self) -> ApiResult<Page<SalesMethod>> {
        self.get("/methods?limit=200").await
    }

    /// All funnels with their stages.
    ///
    /// # Errors
    /// As every read.
    pub async fn funnels(&self) -> ApiResult<Page<Funnel>> {
        self.get("/funnels?limit=200").await
    }

    /// One funnel.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn funnel(&self, id: FunnelId) -> ApiResult<Funnel> {
        self.get(format!("/funnels/{id}")).await
    }

    /// Makes a funnel.
    ///
    /// # Errors
    /// Field errors.
    pub async fn create_funnel(&self, body: &NewFunnel) -> ApiResult<Funnel> {
        self.post("/funnels", body).await
    }

    /// Changes a funnel and its stages.
    ///
    /// # Errors
    /// Field errors, `not_empty`, or stale with the funnel as it is now.
    pub async fn patch_funnel(
        &self,
        id: FunnelId,
        version: i32,
        body: &FunnelPatch,
    ) -> ApiResult<Funnel> {
        self.patch(format!("/funnels/{id}"), version, body).await
    }

    /// Puts a funnel away.
    ///
    /// # Errors
    /// `not_empty`, or stale.
    pub async fn archive_funnel(&self, id: FunnelId, version: i32) -> ApiResult<()> {
        self.call(Method::Delete, format!("/funnels/{id}"))
            .if_match(version)
            .answer()
            .await
            .map(drop)
    }

    /// A funnel with its figures and the first cards of each column.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn board(
        &self,
        id: FunnelId,
        filter: &BoardFilter,
        layout: &Layout,
    ) -> ApiResult<Board> {
        let laid_out = [group_pair(layout.group_by), sort_pair(layout)];
        let pairs = filter_pairs(filter).into_iter().chain(laid_out);
        self.get(format!("/funnels/{id}/board{}", query(pairs)))
            .await
    }

    /// The figures of a board alone.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn board_totals(
        &self,
        id: FunnelId,
        filter: &BoardFilter,
        group_by: Grouping,
    ) -> ApiResult<BoardTotals> {
        let pairs = filter_pairs(filter).into_iter();
        let pairs = pairs.chain([group_pair(group_by)]);
        self.get(format!("/funnels/{id}/totals{}", query(pairs)))
            .await
    }

    /// What the open deals should bring, stage by stage.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn funnel_worth(&self, id: FunnelId, filter: &BoardFilter) -> ApiResult<Worth> {
        let pairs = filter_pairs(filter);
        self.get(format!("/funnels/{id}/worth{}", query(pairs)))
            .await
    }

    /// What became of the deals that came into each stage.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn funnel_shape(
        &self,
        id: FunnelId,
        filter: &BoardFilter,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    ) -> ApiResult<FunnelShape> {
        let days = [
            ("from", from.map(|day| day.to_string())),
            ("to", to.map(|day| day.to_string())),
        ];
        let pairs = filter_pairs(filter).into_iter().chain(days);
        self.get(format!("/funnels/{id}/shape{}", query(pairs)))
            .await
    }

    /// The same deals told by the stages of another funnel.
    ///
    /// # Errors
    /// `not_found`, `no_such_record` at `through`.
    pub async fn funnel_through(
        &self,
        id: FunnelId,
        through: FunnelId,
        filter: &BoardFilter,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    ) -> ApiResult<FunnelShape> {
        let more = [
            ("from", from.map(|day| day.to_string())),
            ("to", to.map(|day| day.to_string())),
            ("through", Some(through.to_string())),
        ];
        let pairs = filter_pairs(filter).into_iter().chain(more);
        self.get(format!("/funnels/{id}/shape{}", query(pairs)))
            .await
    }

    /// Says what the stages of a funnel stand for in another one.
    ///
    /// # Errors
    /// Field errors at each pair that will not do.
    pub async fn map_funnel(&self, id: FunnelId, body: &NewMapping) -> ApiResult<Reading> {
        self.post(format!("/funnels/{id}/mappings"), body).await
    }

    /// More cards of a column, in their order.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn cards(
        &self,
        stage: StageId,
        filter: &BoardFilter,
        layout: &Layout,
        cursor: &str,
    ) -> ApiResult<Page<Deal>> {
        let paging = [
            sort_pair(layout),
            ("cursor", Some(cursor.to_owned())),
            ("limit", Some(MORE_CARDS.to_string())),
        ];
        let pairs = filter_pairs(filter).into_iter().chain(paging);
        self.get(format!("/stages/{stage}/cards{}", query(pairs)))
            .await
    }

    /// More cards of a group, in their order.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn group_cards(
        &self,
        funnel: FunnelId,
        key: GroupKey,
        filter: &BoardFilter,
        layout: &Layout,
        cursor: &str,
    ) -> ApiResult<Page<Deal>> {
        let paging = [
            group_pair(layout.group_by),
            ("group", Some(key.to_string())),
            sort_pair(layout),
            ("cursor", Some(cursor.to_owned())),
            ("limit", Some(MORE_CARDS.to_string())),
        ];
        let pairs = filter_pairs(filter).into_iter().chain(paging);
        self.get(format!("/funnels/{funnel}/cards{}", query(pairs)))
            .await
    }

    /// The views of a funnel that one sees, page after page.
    ///
    /// # Errors
    /// As every read.
    pub async fn views(&self, funnel: FunnelId) -> ApiResult<Vec<SavedView>> {
        // Nobody looks through more; it keeps a broken cursor from asking for ever.
        const MOST_PAGES: usize = 10;
        let mut views = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let query = query([
                ("funnel_id", Some(funnel.to_string())),
                ("limit", Some("200".to_owned())),
                ("cursor", cursor),
            ]);
            let page: Page<SavedView> = self.get(format!("/views{query}")).await?;
            views.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(views)
    }

    /// Saves a new view.
    ///
    /// # Errors
    /// Field errors, `taken` at the name among them.
    pub async fn create_view(&self, body: &NewView) -> ApiResult<SavedView> {
        self.post("/views", body).await
    }

    /// Changes a view.
    ///
    /// # Errors
    /// Field errors, `forbidden`, or stale with the view as it is now.
    pub async fn patch_view(
        &self,
        id: ViewId,
        version: i32,
        body: &ViewPatch,
    ) -> ApiResult<SavedView> {
        self.patch(format!("/views/{id}"), version, body).await
    }

    /// Puts a view away.
    ///
    /// # Errors
    /// `forbidden`, or stale.
    pub async fn archive_view(&self, id: ViewId, version: i32) -> ApiResult<SavedView> {
        self.call(Method::Delete, format!("/views/{id}"))
            .if_match(version)
            .send()
            .await
    }

    /// Takes a view back.
    ///
    /// # Errors
    /// `taken` when its name was given to another meanwhile, or stale.
    pub async fn restore_view(&self, id: ViewId, version: i32) -> ApiResult<SavedView> {
        self.call(Method::Post, format!("/views/{id}/restore"))
            .if_match(version)
            .send()
            .await
    }

    /// The industries and sources of the accounts one sees, for a filter; of the first few hundred.
    ///
    /// # Errors
    /// As every read.
    pub async fn account_words(&self) -> ApiResult<AccountWords> {
        let asked = "/accounts?fields=id,industry,source&limit=200";
        let page: Page<Told> = self.get(asked).await?;
        let words = |word: fn(&Told) -> Option<&String>| {
            let words: BTreeSet<&String> = page.items.iter().filter_map(word).collect();
            words.into_iter().cloned().collect()
        };
        Ok(AccountWords {
            industries: words(|account| account.industry.as_ref()),
            sources: words(|account| account.source.as_ref()),
        })
    }

    /// Everything the gates know of a deal.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn gate_sheet(&self, id: DealId) -> ApiResult<GateSheet> {
        self.get(format!("/deals/{id}/gate")).await
    }

    /// Files evidence for a criterion.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn file_evidence(&self, id: DealId, body: &NewEvidence) -> ApiResult<Evidence> {
        self.post(format!("/deals/{id}/evidence"), body).await
    }

    /// Withdraws a piece of evidence.
    ///
    /// # Errors
    /// `not_found`, or stale.
    pub async fn withdraw_evidence(
        &self,
        id: DealId,
        version: i32,
        evidence: EvidenceId,
    ) -> ApiResult<GateSheet> {
        self.call(Method::Delete, format!("/deals/{id}/evidence/{evidence}"))
            .if_match(version)
            .send()
            .await
    }

    /// Answers the five tests.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, or stale.
    pub async fn answer_tests(
        &self,
        id: DealId,
        version: i32,
        body: &TestAnswers,
    ) -> ApiResult<GateSheet> {
        self.call(Method::Put, format!("/deals/{id}/tests"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Says how strong the five elements of a deal's purchase are.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, or stale.
    pub async fn score_elements(
        &self,
        id: DealId,
        version: i32,
        body: &PurchaseElements,
    ) -> ApiResult<GateSheet> {
        self.call(Method::Put, format!("/deals/{id}/elements"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// The last evaluation rounds of a deal, the newest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn rounds(&self, id: DealId) -> ApiResult<Page<Round>> {
        self.get(format!("/deals/{id}/rounds?limit=10")).await
    }

    /// Holds an evaluation round.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn hold_round(&self, id: DealId, body: &NewRound) -> ApiResult<Round> {
        self.post(format!("/deals/{id}/rounds"), body).await
    }

    /// What was recorded of a deal to be counted, the last first; as many as a page has.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn touches(&self, id: DealId) -> ApiResult<Page<Touch>> {
        self.get(format!("/deals/{id}/touches?limit=200")).await
    }

    /// Records something to be counted.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn record_touch(&self, id: DealId, body: &NewTouch) -> ApiResult<Touch> {
        self.post(format!("/deals/{id}/touches"), body).await
    }

    /// Withdraws something from the count.
    ///
    /// # Errors
    /// `not_found`, or stale.
    pub async fn withdraw_touch(
        &self,
        id: DealId,
        version: i32,
        touch: TouchId,
    ) -> ApiResult<Deal> {
        self.call(Method::Delete, format!("/deals/{id}/touches/{touch}"))
            .if_match(version)
            .send()
            .await
    }

    /// What a deal takes of its owner's effort, and what it is worth.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn deal_effort(&self, id: DealId) -> ApiResult<DealEffort> {
        self.get(format!("/deals/{id}/effort")).await
    }

    /// What was answered and planned of a deal.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn deal_sheet(&self, id: DealId) -> ApiResult<DealSheet> {
        self.get(format!("/deals/{id}/sheet")).await
    }

    /// Answers a push question, or erases its answer.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn answer_question(
        &self,
        id: DealId,
        version: i32,
        body: &AnswerQuestion,
    ) -> ApiResult<DealSheet> {
        self.command(format!("/deals/{id}/sheet/answer"), version, body)
            .await
    }

    /// Says what is planned and done of a task.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn plan_task(
        &self,
        id: DealId,
        version: i32,
        body: &PlanTask,
    ) -> ApiResult<DealSheet> {
        self.command(format!("/deals/{id}/sheet/plan"), version, body)
            .await
    }

    /// What was objected to a deal, the last first; as many as a page has.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn objections(&self, id: DealId) -> ApiResult<Page<Objection>> {
        self.get(format!("/deals/{id}/objections?limit=200")).await
    }

    /// Logs an objection.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`.
    pub async fn log_objection(&self, id: DealId, body: &NewObjection) -> ApiResult<Objection> {
        self.post(format!("/deals/{id}/objections"), body).await
    }

    /// Changes an objection and gives the deal then.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, `archived`, or stale.
    pub async fn update_objection(
        &self,
        id: DealId,
        version: i32,
        objection: ObjectionId,
        body: &ObjectionPatch,
    ) -> ApiResult<Deal> {
        self.call(Method::Patch, format!("/deals/{id}/objections/{objection}"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Withdraws an objection and gives the deal then.
    ///
    /// # Errors
    /// `not_found`, or stale.
    pub async fn withdraw_objection(
        &self,
        id: DealId,
        version: i32,
        objection: ObjectionId,
    ) -> ApiResult<Deal> {
        self.call(
            Method::Delete,
            format!("/deals/{id}/objections/{objection}"),
        )
        .if_match(version)
        .send()
        .await
    }

    /// The counted rules of a funnel.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn rules(&self, id: FunnelId) -> ApiResult<RulesInForce> {
        self.get(format!("/funnels/{id}/rules")).await
    }

    /// Sets the counted rules of a funnel.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, or stale.
    pub async fn set_rules(
        &self,
        id: FunnelId,
        version: i32,
        body: &CountedRules,
    ) -> ApiResult<RulesInForce> {
        self.call(Method::Put, format!("/funnels/{id}/rules"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// Tries counted rules over what was recorded.
    ///
    /// # Errors
    /// `invalid` with the fields at fault.
    pub async fn try_rules(&self, id: FunnelId, body: &TrialSearch) -> ApiResult<Trial> {
        self.post(format!("/funnels/{id}/trial/search"), body).await
    }

    /// What a stage asks, with its version.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stage_gate(&self, id: StageId) -> ApiResult<GateVersion> {
        self.get(format!("/stages/{id}/gate")).await
    }

    /// Sets what a stage asks.
    ///
    /// # Errors
    /// `invalid` with the fields at fault, or stale.
    pub async fn set_stage_gate(
        &self,
        id: StageId,
        version: i32,
        body: &StageGate,
    ) -> ApiResult<GateVersion> {
        self.call(Method::Put, format!("/stages/{id}/gate"))
            .if_match(version)
            .json(body)
            .send()
            .await
    }

    /// A page of deals.
    ///
    /// # Errors
    /// As every read.
    pub async fn deals(&self, asked: &DealQuery, cursor: Option<String>) -> ApiResult<Page<Deal>> {
        self.get(asked.path(cursor)).await
    }

    /// One deal, with its lines.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn deal(&self, id: DealId) -> ApiResult<Deal> {
        self.get(format!("/deals/{id}")).await
    }

    /// Makes a deal.
    ///
    /// # Errors
    /// Field errors.
    pub async fn create_deal(&self, body: &NewDeal) -> ApiResult<Deal> {
        self.post("/deals", body).await
    }

    /// Changes a deal's fields; never its stage.
    ///
    /// # Errors
    /// Field errors, or stale with the deal as it is now.
    pub async fn patch_deal(&self, id: DealId, version: i32, body: &DealPatch) -> ApiResult<Deal> {
        self.patch(format!("/deals/{id}"), version, body).await
    }

    /// Moves a deal: the one command behind every drag, choice and step. Sent again with the same key it
    /// is done once.
    ///
    /// # Errors
    /// The gate's refusal, `neighbour_left`, or stale with the deal as it is now.
    pub async fn move_deal(
        &self,
        id: DealId,
        version: i32,
        body: &MoveDeal,
        key: &str,
    ) -> ApiResult<Deal> {
        self.call(Method::Post, format!("/deals/{id}/move"))
            .if_match(version)
            .key(key)
            .json(body)
            .send()
            .await
    }

    /// One action for many deals, each with its own result. Sent again with the same key it is done once.
    ///
    /// # Errors
    /// Field errors of the action, and those of the whole request.
    pub async fn bulk_deals(&self, body: &BulkDeals, key: &str) -> ApiResult<BulkResults> {
        self.call(Method::Post, "/deals/bulk")
            .key(key)
            .json(body)
            .send()
            .await
    }

    /// Puts a deal away.
    ///
    /// # Errors
    /// Stale.
    pub async fn archive_deal(&self, id: DealId, version: i32) -> ApiResult<()> {
        self.call(Method::Delete, format!("/deals/{id}"))
            .if_match(version)
            .answer()
            .await
            .map(drop)
    }

    /// Takes a deal out again.
    ///
    /// # Errors
    /// Stale.
    pub async fn restore_deal(&self, id: DealId, version: i32) -> ApiResult<Deal> {
        self.call(Method::Post, format!("/deals/{id}/restore"))
            .if_match(version)
            .send()
            .await
    }

    /// Where a deal has been, in order, page after page.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stage_history(&self, id: DealId) -> ApiResult<Vec<Stay>> {
        // Nobody looks through more; it keeps a broken cursor from asking for ever.
        const MOST_PAGES: usize = 10;
        let mut stays = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let query = query([("limit", Some("200".to_owned())), ("cursor", cursor)]);
            let page: Page<Stay> = self
                .get(format!("/deals/{id}/stage-history{query}"))
                .await?;
            stays.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(stays)
    }

    /// What happened with a deal, newest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn deal_audit(&self, id: DealId, cursor: Option<String>) -> ApiResult<Page<Event>> {
        let query = query([("limit", Some("30".to_owned())), ("cursor", cursor)]);
        self.get(format!("/deals/{id}/audit{query}")).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::transport::canned::Canned;
    use super::super::{Answer, Api};
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn a_filter_in_an_address_leaves_out_what_is_not_set() {
        let filter = BoardFilter {
            tier: Some(Tier::A),
            text: Some("A&B".into()),
            ..BoardFilter::default()
        };
        assert_eq!(query(filter_pairs(&filter)), "?tier=A&text=A%26B");
        assert_eq!(query(filter_pairs(&BoardFilter::default())), "");
    }

    #[tokio::test]
    async fn a_move_is_a_command_on_the_version_the_card_was_drawn_from() {
        let canned = Canned::new([Answer::json(404, &json!({}))]);
        let api = Api::new(canned.clone());
        let (deal, stage) = (DealId(Uuid::from_u128(1)), StageId(Uuid::from_u128(2)));
        let body = MoveDeal {
            to_stage_id: stage,
            after_deal_id: None,
            loss_reason: None,
            loss_note: None,
            override_reason: None,
        };
        assert!(api.move_deal(deal, 7, &body, "k").await.is_err());
        let sent = canned.sent();
        assert_eq!(sent[0].path, format!("/api/v1/deals/{deal}/move"));
        assert_eq!(sent[0].header("If-Match"), Some("\"7\""));
        assert_eq!(sent[0].header("Idempotency-Key"), Some("k"));
    }
}
