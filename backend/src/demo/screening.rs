//! Screening in the demo: of each verdict some, some of which nobody looked at yet.

use super::data::ACCOUNTS;
use super::{Accounts, People};
use crate::accounts::routes::screened;
use crate::accounts::store::{accounts as store, screening};
use crate::db::Tx;
use crate::error::AppResult;
use shared::accounts::{Answers, ScreeningRules, ScreeningTest};
use shared::identity::Locale;

/// Answers the questions of the usual set for most accounts.
pub(super) async fn answer(tx: &mut Tx, accounts: &Accounts, people: &People) -> AppResult<()> {
    for (index, data) in ACCOUNTS.iter().enumerate() {
        let known = accounts.get(data.0).zip(people.get(data.6));
        let Some((id, owner)) = known.filter(|_| index % 4 != 3) else {
            continue;
        };
        let (conn, scope) = tx.parts();
        let account = store::find(conn, scope, *id).await?;
        let rules = screening::rules(conn, scope.org, Locale::ZhCn).await?;
        let answers = answers(&rules, index);
        let old = screening::of_account(conn, scope.org, *id, rules).await?;
        screened(tx, &account, &old, &answers, *owner).await?;
    }
    Ok(())
}

/// The first answers for some, later ones for others, and now and then none.
fn answers(rules: &ScreeningRules, index: usize) -> Answers {
    let questions = rules.criteria.iter().filter_map(|one| match &one.test {
        ScreeningTest::Question(choices) => Some((one.id, choices)),
        _ => None,
    });
    (0_usize..)
        .zip(questions)
        .filter(|(place, _)| (place + index) % 6 != 5)
        .filter_map(|(place, (id, choices))| {
            let chosen = match index % 5 {
                4 => 2,
                2 => (place + index) % 3,
                _ => (place + index) % 2,
            };
            choices.get(chosen).map(|choice| (id, choice.id))
        })
        .collect()
}
