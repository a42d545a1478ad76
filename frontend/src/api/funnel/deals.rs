//! Deals: lists of them, one with its history, what changes and moves it.

use crate::api::{Api, ApiResult, Method, query};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::accounts::{Prospecting, Tier};
use shared::event::Event;
use shared::funnel::{BulkDeals, BulkResults, Deal, DealPatch, MoveDeal, NewDeal, StageKind, Stay};
use shared::id::{AccountId, DealId, FunnelId, StageId, TeamId, UserId};
use shared::money::Currency;
use shared::page::Page;

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
    /// Only open ones that on this day are over the limit of their stage.
    pub over_limit_on: Option<NaiveDate>,
    /// Only those on which little is to be spent, or only the others (GATE-21).
    pub is_low_investment: Option<bool>,
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
            (
                "limit_on[lt]",
                self.over_limit_on.map(|day| day.to_string()),
            ),
            (
                "is_low_investment",
                self.is_low_investment.map(|is| is.to_string()),
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

impl Api {
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
    use super::*;
    use crate::api::transport::canned::Canned;
    use crate::api::{Answer, Api};
    use serde_json::json;
    use uuid::Uuid;

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
