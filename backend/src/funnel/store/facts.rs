//! Facts: what the criteria of a funnel ask of deals, gathered for many at once.

use super::evidence::read_scores;
use super::{objections, proposal, sheet, touches};
use crate::accounts::store::screening;
use crate::db::Conn;
use crate::db::schema::{accounts, deal_lines, deal_tests, evidence};
use crate::identity::store::organisations;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use shared::accounts::{Account, Man, ScreeningOutcome};
use shared::funnel::gate::{Fact, FactSource, Facts};
use shared::funnel::{Deal, ProposalReview, PurchaseElements, SheetCount, Stage, TouchKind};
use shared::id::{CriterionId, OrgId};
use std::collections::{HashMap, HashSet};
use strum::IntoEnumIterator;
use uuid::Uuid;

/// What the stages of a funnel ask for, so that nothing else is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    lines: bool,
    account: bool,
    people: bool,
    screening: bool,
    tests: bool,
    rounds: bool,
    touches: bool,
    sheet: bool,
    objections: bool,
    proposal: bool,
    evidence: bool,
    days: bool,
}

impl Needs {
    /// What these stages ask for.
    #[must_use]
    pub fn of<'a>(stages: impl IntoIterator<Item = &'a Stage>) -> Self {
        let mut needs = Self::default();
        for gate in stages.into_iter().map(|stage| &stage.gate) {
            needs.lines |= gate.asks(FactSource::Lines);
            needs.account |= gate.asks(FactSource::Account);
            needs.people |= gate.asks(FactSource::People);
            needs.screening |= gate.asks(FactSource::Screening);
            needs.tests |= gate.asks(FactSource::Tests);
            needs.rounds |= gate.asks(FactSource::Rounds);
            needs.touches |= gate.asks(FactSource::Touches);
            needs.sheet |= gate.asks(FactSource::Sheet);
            needs.objections |= gate.asks(FactSource::Objections);
            needs.proposal |= gate.asks(FactSource::Proposal);
            needs.evidence |= gate.asks_evidence();
            needs.days |= gate.asks_days();
        }
        needs
    }
}

/// Adds to cards what the criteria of their funnel ask for.
///
/// # Errors
/// Those of the database.
pub async fn adorn<'a>(
    conn: &Conn,
    org: OrgId,
    stages: &[Stage],
    cards: impl IntoIterator<Item = &'a mut Deal>,
) -> QueryResult<()> {
    // A funnel without gates has nothing to show.
    if stages.iter().all(|stage| stage.gate.is_open()) {
        return Ok(());
    }
    let mut cards: Vec<&mut Deal> = cards.into_iter().collect();
    let subjects: Vec<Subject> = cards.iter().map(|deal| Subject::of(deal)).collect();
    let mut found = gather(conn, org, Needs::of(stages), &subjects).await?;
    for deal in &mut cards {
        deal.facts = Some(found.remove(&deal.id.0).unwrap_or_default());
    }
    Ok(())
}

/// A deal as far as facts hang on it.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Its id.
    pub deal: Uuid,
    /// The stage it is in, or begins in.
    pub stage: Uuid,
    /// Its account's.
    pub account: Option<Uuid>,
}

impl Subject {
    /// That of a deal.
    #[must_use]
    pub fn of(deal: &Deal) -> Self {
        Self {
            deal: deal.id.0,
            stage: deal.stage_id.0,
            account: deal.account_id.map(|id| id.0),
        }
    }
}

/// The facts of these deals, by deal.
///
/// # Errors
/// Those of the database.
pub async fn gather(
    conn: &Conn,
    org: OrgId,
    needs: Needs,
    subjects: &[Subject],
) -> QueryResult<HashMap<Uuid, Facts>> {
    let deals: Vec<Uuid> = subjects.iter().map(|subject| subject.deal).collect();
    let of_accounts: HashSet<Uuid> = subjects.iter().filter_map(|one| one.account).collect();
    let of_accounts: Vec<Uuid> = of_accounts.into_iter().collect();
    let (
        lines,
        by_account,
        people,
        screened,
        tests,
        rounds,
        touches,
        objections,
        proposals,
        sheets,
        filed,
        ahead,
    ) = try_join!(
        when(needs.lines, lines(conn, org, &deals)),
        when(needs.account, accounts_of(conn, org, &of_accounts)),
        when(needs.people, people(conn, org, &of_accounts)),
        when(
            needs.screening,
            screening::outcomes(conn, org, &of_accounts)
        ),
        when(needs.tests, tests(conn, org, &deals)),
        when(needs.rounds, last_rounds(conn, org, &deals)),
        when(needs.touches, touches::counts(conn, org, &deals)),
        when(needs.objections, objections::open(conn, org, &deals)),
        when(needs.proposal, proposal::reviews(conn, org, subjects)),
        when(needs.sheet, sheet::counts(conn, org, subjects)),
        when(needs.evidence, filed(conn, org, &deals)),
        when(needs.days, async {
            let ahead = organisations::utc_offset(conn, org).await?;
            Ok(vec![ahead])
        }),
    )?;
    let mut tests: HashMap<Uuid, ScoreRow> =
        tests.into_iter().map(|row| (row.deal_id, row)).collect();
    let lines: HashMap<Uuid, i64> = lines.into_iter().collect();
    let by_account: HashMap<Uuid, AccountRow> =
        by_account.into_iter().map(|row| (row.id, row)).collect();
    let people: HashMap<Uuid, PeopleRow> = people
        .into_iter()
        .map(|row| (row.account_id, row))
        .collect();
    let screened: HashMap<Uuid, ScreeningOutcome> = screened.into_iter().collect();
    let rounds: HashMap<Uuid, LastRound> =
        rounds.into_iter().map(|row| (row.deal_id, row)).collect();
    let counted: HashMap<(Uuid, TouchKind), i64> = touches.into_iter().collect();
    let sheets: HashMap<Uuid, SheetCount> = sheets.into_iter().collect();
    let objections: HashMap<Uuid, i64> = objections.into_iter().collect();
    let proposals: HashMap<Uuid, (usize, ProposalReview)> = proposals.into_iter().collect();
    let mut evidence: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (deal, criterion) in filed {
        evidence.entry(deal).or_default().push(criterion);
    }

    let mut all = HashMap::with_capacity(subjects.len());
    for subject in subjects {
        let mut facts = Facts {
            utc_offset: <[i16]>::first(&ahead).copied().unwrap_or(0),
            ..Facts::default()
        };
        if needs.lines {
            facts.number(
                Fact::Products,
                lines.get(&subject.deal).copied().unwrap_or(0),
            );
        }
        if let Some(row) = subject.account.and_then(|id| by_account.get(&id)) {
            row.tell(&mut facts);
        }
        if needs.people && subject.account.is_some() {
            let none = PeopleRow::default();
            let row = subject.account.and_then(|id| people.get(&id));
            row.unwrap_or(&none).tell(&mut facts);
        }
        if let Some(outcome) = subject.account.and_then(|id| screened.get(&id)) {
            facts.text(Fact::Screening, Some(outcome.as_ref().to_owned()));
        }
        if let Some(row) = tests.remove(&subject.deal) {
            facts.tests(&read_scores(row.answers)?);
            let elements: PurchaseElements = read_scores(row.elements)?;
            facts.scores(elements.by_fact());
        }
        if needs.rounds {
            match rounds.get(&subject.deal) {
                Some(row) => row.tell(&mut facts),
                None => facts.number(Fact::Rounds, 0),
            }
        }
        if needs.objections {
            let open = objections.get(&subject.deal).copied();
            facts.number(Fact::ObjectionsOpen, open.unwrap_or(0));
        }
        if let Some((points, review)) = proposals.get(&subject.deal) {
            review.tell(*points, &mut facts);
        }
        if needs.touches {
            for kind in TouchKind::iter() {
                let count = counted.get(&(subject.deal, kind)).copied();
                facts.number(kind.fact(), count.unwrap_or(0));
            }
        }
        if let Some(count) = sheets.get(&subject.deal) {
            count.tell(&mut facts);
        }
        let ids = evidence.remove(&subject.deal).unwrap_or_default();
        facts.evidence = ids.into_iter().map(CriterionId).collect();
        all.insert(subject.deal, facts);
    }
    Ok(all)
}

/// A query that is only asked when it is needed.
async fn when<T>(
    is_needed: bool,
    work: impl Future<Output = QueryResult<Vec<T>>>,
) -> QueryResult<Vec<T>> {
    if is_needed {
        work.await
    } else {
        Ok(Vec::new())
    }
}

async fn lines(mut conn: &Conn, org: OrgId, deals: &[Uuid]) -> QueryResult<Vec<(Uuid, i64)>> {
    deal_lines::table
        .filter(
            deal_lines::org_id
                .eq(org.0)
                .and(deal_lines::deal_id.eq_any(deals)),
        )
        .group_by(deal_lines::deal_id)
        .select((deal_lines::deal_id, count_star()))
        .load(&mut conn)
        .await
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    id: Uuid,
    kind: String,
    industry: Option<String>,
    nature: Option<String>,
    size: Option<String>,
    employees: Option<i32>,
    region: Option<String>,
    source: Option<String>,
    prospecting: Option<String>,
    man: serde_json::Value,
}

/// Tells what is asked of accounts, of one that may not be in the table yet.
pub fn tell_account(account: &Account, facts: &mut Facts) {
    let word = |word: &str| word.to_owned();
    let row = AccountRow {
        id: account.id.0,
        kind: word(account.kind.as_ref()),
        industry: account.industry.clone(),
        nature: account.nature.clone(),
        size: account.size.map(|band| word(band.as_ref())),
        employees: account.employees,
        region: account.region.clone(),
        source: account.source.clone(),
        prospecting: account.prospecting.map(|method| word(method.as_ref())),
        man: serde_json::to_value(&account.man).unwrap_or_default(),
    };
    row.tell(facts);
}

impl AccountRow {
    fn tell(&self, facts: &mut Facts) {
        facts.text(Fact::AccountKind, Some(self.kind.clone()));
        facts.text(Fact::Industry, self.industry.clone());
        facts.text(Fact::Nature, self.nature.clone());
        facts.text(Fact::SizeBand, self.size.clone());
        facts.text(Fact::Region, self.region.clone());
        facts.text(Fact::Source, self.source.clone());
        facts.text(Fact::Prospecting, self.prospecting.clone());
        if let Some(employees) = self.employees {
            facts.number(Fact::Employees, i64::from(employees));
        }
        let man: Man = serde_json::from_value(self.man.clone()).unwrap_or_default();
        facts.flag(Fact::ManMoney, man.money.is);
        facts.flag(Fact::ManAuthority, man.authority.is);
        facts.flag(Fact::ManNeed, man.need.is);
    }
}

async fn accounts_of(mut conn: &Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<AccountRow>> {
    accounts::table
        .filter(accounts::org_id.eq(org.0).and(accounts::id.eq_any(ids)))
        .select(AccountRow::as_select())
        .load(&mut conn)
        .await
}

#[derive(Default, QueryableByName)]
struct PeopleRow {
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = BigInt)]
    operating: i64,
    #[diesel(sql_type = BigInt)]
    managing: i64,
    #[diesel(sql_type = BigInt)]
    deciding: i64,
    #[diesel(sql_type = BigInt)]
    reachable: i64,
}

impl PeopleRow {
    fn tell(&self, facts: &mut Facts) {
        facts.number(Fact::People, self.people);
        facts.number(Fact::PeopleOperating, self.operating);
        facts.number(Fact::PeopleManaging, self.managing);
        facts.number(Fact::PeopleDeciding, self.deciding);
        facts.number(Fact::PeopleReachable, self.reachable);
    }
}

async fn people(mut conn: &Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<PeopleRow>> {
    diesel::sql_query(
        "select account_id, count(*) as people, \
         count(*) filter (where level = 'operating') as operating, \
         count(*) filter (where level = 'managing') as managing, \
         count(*) filter (where level = 'deciding') as deciding, \
         count(*) filter (where mail is not null or cardinality(phones) > 0) as reachable \
         from contacts where org_id = $1 and account_id = any($2) and archived_at is null \
         group by account_id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .load(&mut conn)
    .await
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = deal_tests)]
struct ScoreRow {
    deal_id: Uuid,
    answers: serde_json::Value,
    elements: serde_json::Value,
}

async fn tests(mut conn: &Conn, org: OrgId, deals: &[Uuid]) -> QueryResult<Vec<ScoreRow>> {
    deal_tests::table
        .filter(
            deal_tests::org_id
                .eq(org.0)
                .and(deal_tests::deal_id.eq_any(deals)),
        )
        .select(ScoreRow::as_select())
        .load(&mut conn)
        .await
}

#[derive(QueryableByName)]
struct LastRound {
    #[diesel(sql_type = SqlUuid)]
    deal_id: Uuid,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Nullable<SmallInt>)]
    shortlist: Option<i16>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    chance_soon: Option<i16>,
}

impl LastRound {
    fn tell(&self, facts: &mut Facts) {
        facts.number(Fact::Rounds, i64::from(self.number));
        if let Some(shortlist) = self.shortlist {
            facts.number(Fact::Shortlist, i64::from(shortlist));
        }
        if let Some(chance) = self.chance_soon {
            facts.number(Fact::ChanceSoon, i64::from(chance));
        }
    }
}

async fn last_rounds(mut conn: &Conn, org: OrgId, deals: &[Uuid]) -> QueryResult<Vec<LastRound>> {
    diesel::sql_query(
        "select distinct on (deal_id) deal_id, number, shortlist, chance_soon from rounds \
         where org_id = $1 and deal_id = any($2) order by deal_id, number desc",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(deals)
    .load(&mut conn)
    .await
}

async fn filed(mut conn: &Conn, org: OrgId, deals: &[Uuid]) -> QueryResult<Vec<(Uuid, Uuid)>> {
    evidence::table
        .filter(
            evidence::org_id
                .eq(org.0)
                .and(evidence::deal_id.eq_any(deals)),
        )
        .filter(evidence::withdrawn_at.is_null())
        .select((evidence::deal_id, evidence::criterion_id))
        .load(&mut conn)
        .await
}
