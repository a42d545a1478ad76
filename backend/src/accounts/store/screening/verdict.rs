//! The verdict of a set of rules on an account, in SQL; equal to `shared::accounts::screen`.
//!
//! A set becomes an expression over `accounts`: a case for each criterion, then one for all. Numbers, ids and
//! the words of enums are written into it; what people typed is one bound value.

use super::super::classes::ORG;
use diesel::dsl::sql;
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::internal::derives::as_expression::Bound;
use diesel::sql_types::{Jsonb, Nullable, Text};
use serde_json::Value;
use shared::accounts::{
    PeopleKnown, Says, ScreeningCriterion, ScreeningOutcome, ScreeningRules, ScreeningTest,
};
use shared::text::folded;

/// Days until the next purchase expected, by an open deal or by the account itself, of an account in
/// `accounts`; a day that is past is none.
#[must_use]
pub fn days_to_sign() -> String {
    let today = format!(
        "(select (now() at time zone o.time_zone)::date from organisations o where o.id = {ORG})"
    );
    format!(
        "(select min(x.day) - {today} from (select accounts.purchase_on as day union all \
         select d.expected_close_on from deals d where d.org_id = accounts.org_id \
         and d.account_id = accounts.id and d.status = 'open' and d.archived_at is null) x \
         where x.day >= {today})"
    )
}

/// The verdict as a column of `accounts`.
pub type Column =
    SqlLiteral<Nullable<Text>, UncheckedBind<SqlLiteral<Nullable<Text>>, Bound<Jsonb, Value>>>;

/// The verdict as SQL in two halves, with the texts to be bound between them.
pub struct Verdict {
    before: String,
    texts: Value,
    after: String,
}

impl Verdict {
    /// That of a set of rules.
    #[must_use]
    pub fn of(rules: &ScreeningRules) -> Self {
        let criteria = || (0_usize..).zip(&rules.criteria);
        let states: Vec<String> = criteria()
            .map(|(place, criterion)| format!("{} as c{place}", state(place, criterion)))
            .collect();
        let sum = |unknown: u8| {
            let parts: Vec<String> = criteria()
                .map(|(place, one)| format!("{} * coalesce(c{place}, {unknown})", one.weight))
                .collect();
            joined(&parts, " + ", "0")
        };
        let of_mandatory = |word: &str| {
            let parts: Vec<String> = criteria()
                .filter(|(_, criterion)| criterion.mandatory)
                .map(|(place, _)| format!("c{place} {word}"))
                .collect();
            joined(&parts, " or ", "false")
        };
        let all: i32 = rules
            .criteria
            .iter()
            .map(|one| 2 * i32::from(one.weight))
            .sum();
        let asked = all * i32::from(rules.pass_share);
        let needs_days = rules
            .criteria
            .iter()
            .any(|one| matches!(one.test, ScreeningTest::SignsWithin(_)));
        let days = if needs_days {
            days_to_sign()
        } else {
            "null::integer".to_owned()
        };
        let word = |outcome: ScreeningOutcome| format!("'{}'", outcome.as_ref());
        // Without the offsets, PostgreSQL would copy each case to every place that names it.
        let before = format!(
            "(select case when {} or ({}) * 100 < {asked} then {} when {} or ({}) * 100 < {asked} then {} \
             else {} end from (select {} from (select ",
            of_mandatory("< 2"),
            sum(2),
            word(ScreeningOutcome::Unsuitable),
            of_mandatory("is null"),
            sum(0),
            word(ScreeningOutcome::Incomplete),
            word(ScreeningOutcome::Target),
            states.join(", "),
        );
        let after = format!(
            "::jsonb as texts, (select h.answers from screening_sheets h where h.org_id = accounts.org_id \
             and h.account_id = accounts.id) as answers, {days} as days offset 0) r offset 0) s)"
        );
        Self {
            before,
            texts: texts(rules),
            after,
        }
    }

    /// As a column.
    pub fn column(self) -> Column {
        sql::<Nullable<Text>>(&self.before)
            .bind::<Jsonb, _>(self.texts)
            .sql(&self.after)
    }

    /// As text with a parameter of that number, and what to bind to it.
    #[must_use]
    pub fn text(self, parameter: u8) -> (String, Value) {
        let Self {
            before,
            texts,
            after,
        } = self;
        (format!("{before}${parameter}{after}"), texts)
    }
}

fn joined(parts: &[String], by: &str, without: &str) -> String {
    if parts.is_empty() {
        without.to_owned()
    } else {
        format!("({})", parts.join(by))
    }
}

/// What people typed, by the place of the criterion, as it is compared.
fn texts(rules: &ScreeningRules) -> Value {
    let of = |criterion: &ScreeningCriterion| match &criterion.test {
        ScreeningTest::Industry(texts)
        | ScreeningTest::Nature(texts)
        | ScreeningTest::Region(texts) => texts.iter().map(|text| folded(text)).collect(),
        _ => Vec::new(),
    };
    rules.criteria.iter().map(of).collect::<Vec<_>>().into()
}

/// Half weights of a criterion: 2 where it is met, 1 where its answer is neutral, 0 where it is not met,
/// null where nobody knows.
fn state(place: usize, criterion: &ScreeningCriterion) -> String {
    let lower = |column: &str| format!("lower(btrim(accounts.{column}) collate \"zh-x-icu\")");
    let one_of = |column: &str| {
        let value = lower(column);
        format!(
            "case jsonb_exists(r.texts -> {place}, {value}) when true then 2 when false then 0 end"
        )
    };
    match &criterion.test {
        ScreeningTest::Industry(_) => one_of("industry"),
        ScreeningTest::Nature(_) => one_of("nature"),
        ScreeningTest::Region(_) => format!(
            "case when accounts.region is null then null when exists (select 1 from \
             jsonb_array_elements_text(r.texts -> {place}) x(part) where position(x.part in {}) > 0) \
             then 2 else 0 end",
            lower("region")
        ),
        ScreeningTest::Size(sizes) => {
            let sizes: Vec<String> = sizes
                .iter()
                .map(|one| format!("'{}'", one.as_ref()))
                .collect();
            format!(
                "case when accounts.size is null then null when accounts.size in {} then 2 else 0 end",
                joined(&sizes, ", ", "('')")
            )
        }
        ScreeningTest::Employees(least) => compared("accounts.employees", ">=", "<", *least),
        ScreeningTest::People(known) => people(*known),
        ScreeningTest::Man(part) => format!(
            "case accounts.man -> '{}' ->> 'is' when 'true' then 2 when 'false' then 0 end",
            part.as_ref()
        ),
        ScreeningTest::SignsWithin(most) => compared("r.days", "<=", ">", (*most).into()),
        ScreeningTest::Question(choices) => {
            let cases: Vec<String> = choices
                .iter()
                .map(|choice| {
                    let halves = match choice.says {
                        Says::For => 2,
                        Says::Neutral => 1,
                        Says::Against => 0,
                    };
                    format!("when '{}' then {halves}", choice.id)
                })
                .collect();
            format!(
                "case r.answers -> '{}' ->> 'choice_id' {} end",
                criterion.id,
                cases.join(" ")
            )
        }
    }
}

/// A comparison that is not known where its value is not.
fn compared(value: &str, met: &str, unmet: &str, with: i32) -> String {
    format!("case when {value} {met} {with} then 2 when {value} {unmet} {with} then 0 end")
}

/// Who is not known yet may still be there.
fn people(known: PeopleKnown) -> String {
    let level = known.level.map_or_else(String::new, |level| {
        format!(" and c.level = '{}'", level.as_ref())
    });
    format!(
        "case when (select count(*) from contacts c where c.org_id = accounts.org_id \
         and c.account_id = accounts.id and c.archived_at is null{level}) >= {} then 2 end",
        known.at_least
    )
}
