//! Accounts, contacts and the search box.

use super::{Api, ApiResult, Method, query};
use shared::accounts::{
    Account, AccountClasses, AccountPatch, AccountPriority, AccountSummary, ClassRules,
    ClassRulesPatch, Contact, ContactPatch, Effect, LimitSetting, NewAccount, NewContact,
    NewLimits, Portfolio, PriorityRules, PriorityRulesPatch, Prospecting, SearchHits, Tier,
    UrgencyClass,
};
use shared::event::Event;
use shared::funnel::Deal;
use shared::id::{AccountId, ContactId, DealId, UserId};
use shared::page::Page;

/// Which accounts a list asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountQuery {
    /// A part of the name.
    pub text: Option<String>,
    /// Only of this tier.
    pub tier: Option<Tier>,
    /// Only in this industry.
    pub industry: Option<String>,
    /// Only found by this method.
    pub prospecting: Option<Prospecting>,
    /// Only of this class by importance and urgency; `none` for those without one.
    pub urgency: Option<String>,
    /// Only large firms, or only others.
    pub is_large: Option<bool>,
    /// Only looked after by this person.
    pub owner_id: Option<UserId>,
    /// Only those that belong to this account.
    pub parent_id: Option<AccountId>,
    /// The order, such as `name` or `-updated_at`.
    pub sort: Option<String>,
    /// Only of this priority; `none` for those without one.
    pub priority: Option<String>,
    /// Only those whose priority is to be looked at again.
    pub is_due: bool,
    /// Only of this verdict of the screening; `due` for those to be looked at again.
    pub screening: Option<String>,
    /// Rows of a page.
    pub limit: Option<u32>,
}

impl AccountQuery {
    fn path(&self, cursor: Option<String>) -> String {
        let text = self
            .text
            .as_ref()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        let is_none = self.urgency.as_deref() == Some("none");
        let has_no_priority = self.priority.as_deref() == Some("none");
        let is_screening_due = self.screening.as_deref() == Some("due");
        let pairs = [
            ("name[contains]", text),
            ("tier", self.tier.map(|tier| tier.as_ref().to_owned())),
            ("industry", self.industry.clone()),
            (
                "prospecting",
                self.prospecting.map(|method| method.as_ref().to_owned()),
            ),
            ("urgency_class[is_null]", is_none.then(|| "true".to_owned())),
            ("urgency_class", self.urgency.clone().filter(|_| !is_none)),
            ("is_large", self.is_large.map(|is| is.to_string())),
            (
                "priority[is_null]",
                has_no_priority.then(|| "true".to_owned()),
            ),
            (
                "priority",
                self.priority.clone().filter(|_| !has_no_priority),
            ),
            ("is_priority_due", self.is_due.then(|| "true".to_owned())),
            (
                "screening",
                self.screening.clone().filter(|_| !is_screening_due),
            ),
            (
                "is_screening_due",
                is_screening_due.then(|| "true".to_owned()),
            ),
            ("owner_id", self.owner_id.map(|id| id.to_string())),
            ("parent_id", self.parent_id.map(|id| id.to_string())),
            ("sort", self.sort.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("cursor", cursor.clone()),
            ("count", cursor.is_none().then(|| "exact".to_owned())),
        ];
        format!("/accounts{}", query(pairs))
    }
}

/// Which account would come to whom, or be classed anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EffectQuery {
    /// Whose accounts.
    pub owner_id: Option<UserId>,
    /// The account; a new one when absent.
    pub account_id: Option<AccountId>,
    /// The class it would have.
    pub class: Option<UrgencyClass>,
    /// Whether it would be a large firm.
    pub is_large: Option<bool>,
}

/// Which contacts a list asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactQuery {
    /// Only at this account.
    pub account_id: Option<AccountId>,
    /// A part of the name.
    pub text: Option<String>,
    /// Only on this level.
    pub level: Option<String>,
    /// The order.
    pub sort: Option<String>,
    /// Rows of a page.
    pub limit: Option<u32>,
}

impl ContactQuery {
    fn path(&self, cursor: Option<String>) -> String {
        let text = self
            .text
            .as_ref()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        let pairs = [
            ("account_id", self.account_id.map(|id| id.to_string())),
            ("name[contains]", text),
            ("level", self.level.clone()),
            ("sort", self.sort.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("cursor", cursor.clone()),
            ("count", cursor.is_none().then(|| "exact".to_owned())),
        ];
        format!("/contacts{}", query(pairs))
    }
}

/// The two fields of a deal that a sentence about it needs.
#[derive(serde::Deserialize)]
struct Titled {
    id: DealId,
    title: String,
}

impl Api {
    /// A page of accounts.
    ///
    /// # Errors
    /// As every read.
    pub async fn accounts(
        &self,
        asked: &AccountQuery,
        cursor: Option<String>,
    ) -> ApiResult<Page<Account>> {
        self.get(asked.path(cursor)).await
    }

    /// One account.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn account(&self, id: AccountId) -> ApiResult<Account> {
        self.get(format!("/accounts/{id}")).await
    }

    /// Makes an account.
    ///
    /// # Errors
    /// Field errors.
    pub async fn create_account(&self, body: &NewAccount) -> ApiResult<Account> {
        self.post("/accounts", body).await
    }

    /// Changes an account.
    ///
    /// # Errors
    /// Field errors, or stale with the account as it is now.
    pub async fn patch_account(
        &self,
        id: AccountId,
        version: i32,
        body: &AccountPatch,
    ) -> ApiResult<Account> {
        self.patch(format!("/accounts/{id}"), version, body).await
    }

    /// Puts an account away.
    ///
    /// # Errors
    /// Stale.
    pub async fn archive_account(&self, id: AccountId, version: i32) -> ApiResult<()> {
        self.call(Method::Delete, format!("/accounts/{id}"))
            .if_match(version)
            .answer()
            .await
            .map(drop)
    }

    /// Takes an account out again.
    ///
    /// # Errors
    /// Stale.
    pub async fn restore_account(&self, id: AccountId, version: i32) -> ApiResult<Account> {
        self.call(Method::Post, format!("/accounts/{id}/restore"))
            .if_match(version)
            .send()
            .await
    }

    /// The figures at the head of a profile.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn account_summary(&self, id: AccountId) -> ApiResult<AccountSummary> {
        self.get(format!("/accounts/{id}/summary")).await
    }

    /// How an account is classed, and why.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn account_classes(&self, id: AccountId) -> ApiResult<AccountClasses> {
        self.get(format!("/accounts/{id}/classes")).await
    }

    /// Of which priority an account is, why, and when that is due.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn account_priority(&self, id: AccountId) -> ApiResult<AccountPriority> {
        self.get(format!("/accounts/{id}/priority")).await
    }

    /// Confirms what an account's priority rests on, as that version has it.
    ///
    /// # Errors
    /// `not_found`, `archived`, or stale.
    pub async fn confirm_priority(
        &self,
        id: AccountId,
        version: i32,
    ) -> ApiResult<AccountPriority> {
        self.call(Method::Post, format!("/accounts/{id}/priority/confirm"))
            .if_match(version)
            .send()
            .await
    }

    /// What priorities go by.
    ///
    /// # Errors
    /// As every read.
    pub async fn priority_rules(&self) -> ApiResult<PriorityRules> {
        self.get("/priority-rules").await
    }

    /// Changes what priorities go by.
    ///
    /// # Errors
    /// Field errors, or stale.
    pub async fn patch_priority_rules(
        &self,
        version: i32,
        body: &PriorityRulesPatch,
    ) -> ApiResult<PriorityRules> {
        self.patch("/priority-rules", version, body).await
    }

    /// What the accounts of the sellers within view are made of.
    ///
    /// # Errors
    /// As every read.
    pub async fn portfolios(&self, cursor: Option<String>) -> ApiResult<Page<Portfolio>> {
        let query = query([("cursor", cursor)]);
        self.get(format!("/portfolios{query}")).await
    }

    /// What an account more would do to somebody's accounts.
    ///
    /// # Errors
    /// Field errors for people and accounts out of view.
    pub async fn effect(&self, asked: &EffectQuery) -> ApiResult<Effect> {
        let query = query([
            ("owner_id", asked.owner_id.map(|id| id.to_string())),
            ("account_id", asked.account_id.map(|id| id.to_string())),
            ("class", asked.class.map(|class| class.as_ref().to_owned())),
            ("is_large", asked.is_large.map(|is| is.to_string())),
        ]);
        self.get(format!("/portfolio/effect{query}")).await
    }

    /// The limits that were set, those from the latest day first.
    ///
    /// # Errors
    /// As every read.
    pub async fn limits(&self, cursor: Option<String>) -> ApiResult<Page<LimitSetting>> {
        let query = query([("cursor", cursor)]);
        self.get(format!("/portfolio/limits{query}")).await
    }

    /// Sets limits from a day on.
    ///
    /// # Errors
    /// Field errors.
    pub async fn set_limits(&self, body: &NewLimits) -> ApiResult<LimitSetting> {
        self.post("/portfolio/limits", body).await
    }

    /// What classes go by.
    ///
    /// # Errors
    /// As every read.
    pub async fn class_rules(&self) -> ApiResult<ClassRules> {
        self.get("/class-rules").await
    }

    /// Changes what classes go by.
    ///
    /// # Errors
    /// Field errors, or stale.
    pub async fn patch_class_rules(
        &self,
        version: i32,
        body: &ClassRulesPatch,
    ) -> ApiResult<ClassRules> {
        self.patch("/class-rules", version, body).await
    }

    /// An account's open deals, those signed soonest first.
    ///
    /// # Errors
    /// As every read.
    pub async fn open_deals(&self, id: AccountId) -> ApiResult<Page<Deal>> {
        let query = query([
            ("account_id", Some(id.to_string())),
            ("status", Some("open".to_owned())),
            ("sort", Some("expected_close_on".to_owned())),
            ("limit", Some("200".to_owned())),
        ]);
        self.get(format!("/deals{query}")).await
    }

    /// The titles of deals, with their ids; those out of view are left out.
    ///
    /// # Errors
    /// As every read.
    pub async fn deal_titles(&self, ids: &[DealId]) -> ApiResult<Vec<(DealId, String)>> {
        let ids: Vec<_> = ids.iter().take(200).map(ToString::to_string).collect();
        let query = query([
            ("id[in]", Some(ids.join(","))),
            ("fields", Some("id,title".to_owned())),
            ("limit", Some("200".to_owned())),
        ]);
        let page: Page<Titled> = self.get(format!("/deals{query}")).await?;
        Ok(page
            .items
            .into_iter()
            .map(|deal| (deal.id, deal.title))
            .collect())
    }

    /// What happened with an account, newest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn account_timeline(
        &self,
        id: AccountId,
        cursor: Option<String>,
    ) -> ApiResult<Page<Event>> {
        let query = query([("limit", Some("30".to_owned())), ("cursor", cursor)]);
        self.get(format!("/accounts/{id}/timeline{query}")).await
    }

    /// A page of contacts.
    ///
    /// # Errors
    /// As every read.
    pub async fn contacts(
        &self,
        asked: &ContactQuery,
        cursor: Option<String>,
    ) -> ApiResult<Page<Contact>> {
        self.get(asked.path(cursor)).await
    }

    /// Adds a person.
    ///
    /// # Errors
    /// Field errors.
    pub async fn create_contact(&self, body: &NewContact) -> ApiResult<Contact> {
        self.post("/contacts", body).await
    }

    /// Changes a person.
    ///
    /// # Errors
    /// Field errors, or stale with the person as they are now.
    pub async fn patch_contact(
        &self,
        id: ContactId,
        version: i32,
        body: &ContactPatch,
    ) -> ApiResult<Contact> {
        self.patch(format!("/contacts/{id}"), version, body).await
    }

    /// Puts a person away.
    ///
    /// # Errors
    /// Stale.
    pub async fn archive_contact(&self, id: ContactId, version: i32) -> ApiResult<()> {
        self.call(Method::Delete, format!("/contacts/{id}"))
            .if_match(version)
            .answer()
            .await
            .map(drop)
    }

    /// Accounts, contacts and deals that fit the words, best first.
    ///
    /// # Errors
    /// As every read.
    pub async fn search(&self, words: &str, limit: u32) -> ApiResult<SearchHits> {
        let query = query([
            ("q", Some(words.trim().to_owned())),
            ("limit", Some(limit.to_string())),
        ]);
        self.get(format!("/search{query}")).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_goes_into_the_address() {
        let asked = AccountQuery {
            text: Some(" A&B ".into()),
            tier: Some(Tier::A),
            sort: Some("-updated_at".into()),
            ..AccountQuery::default()
        };
        assert_eq!(
            asked.path(None),
            "/accounts?name%5Bcontains%5D=A%26B&tier=A&sort=-updated_at&count=exact"
        );
        assert_eq!(
            AccountQuery::default().path(Some("x".into())),
            "/accounts?cursor=x"
        );
    }

    #[test]
    fn blank_words_ask_for_everybody() {
        let asked = ContactQuery {
            text: Some("  ".into()),
            ..ContactQuery::default()
        };
        assert_eq!(asked.path(Some("c".into())), "/contacts?cursor=c");
    }
}
