//! What is proposed to customers of the demo organisation, and whom each point serves.

use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::funnel::store::{deals, proposal as store};
use chrono::Duration;
use shared::accounts::ContactLevel;
use shared::event::{EventKind, SubjectKind};
use shared::funnel::ProposalPoint;
use shared::id::{DealId, UserId};

/// What is proposed: feature, advantage, benefit, the level it serves, the level it goes against.
const POINTS: [(&str, &str, &str, ContactLevel, Option<ContactLevel>); 3] = [
    (
        "双路传感器互为备份",
        "一路失效时另一路继续工作，误报率低一半",
        "夜班不再因误报停线，每月少停约六小时",
        ContactLevel::Operating,
        None,
    ),
    (
        "数据自动汇总成日报",
        "不用人工抄表，口径统一",
        "部门每天省两小时，考核数据有据可查",
        ContactLevel::Managing,
        Some(ContactLevel::Operating),
    ),
    (
        "按五年总成本计价，可分期",
        "首年投入低，后期费用写进合同",
        "十八个月收回投入，预算可控",
        ContactLevel::Deciding,
        None,
    ),
];

/// Proposes something on every other deal that has come further than the second stage: to every third of
/// them less than everybody of the chain needs.
pub(super) async fn propose(
    tx: &mut Tx,
    made: &[(DealId, usize, Option<UserId>)],
) -> AppResult<()> {
    let further = made.iter().filter(|(_, place, _)| *place >= 2).step_by(2);
    for (nth, (id, _, owner)) in further.enumerate() {
        let (conn, scope) = tx.parts();
        let deal = deals::find(conn, scope, *id).await?;
        let people = match deal.account_id {
            Some(account) => store::people(conn, scope.org, account).await?,
            None => Vec::new(),
        };
        let on = |level: Option<ContactLevel>| {
            let people = people.iter();
            people
                .filter(|person| person.level.is_some() && person.level == level)
                .map(|person| person.id)
                .collect::<Vec<_>>()
        };
        let many = if nth % 3 == 0 { 2 } else { POINTS.len() };
        for (place, point) in POINTS.iter().take(many).enumerate() {
            let (feature, advantage, benefit, serves, harms) = *point;
            let at = clock::now() - Duration::days(1);
            let point = ProposalPoint {
                id: new_id(),
                deal_id: *id,
                feature: feature.to_owned(),
                advantage: advantage.to_owned(),
                benefit: benefit.to_owned(),
                serves: on(Some(serves)),
                // Only the first proposals contradict themselves.
                harms: on(harms.filter(|_| nth % 3 == 0)),
                created_at: at,
            };
            let (conn, scope) = tx.parts();
            store::insert(conn, scope, &point, place).await?;
            let event = NewEvent::new(EventKind::ProposalPointAdded, SubjectKind::Deal, id.0)
                .on_deal(*id)
                .on_account(deal.account_id)
                .owned_by(None, *owner)
                .at(at);
            tx.record(event.with_change(None, Some(&point))).await?;
        }
    }
    Ok(())
}
