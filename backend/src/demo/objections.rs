//! What customers of the demo organisation object.

use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::funnel::store::objections as store;
use chrono::Duration;
use shared::event::{EventKind, SubjectKind};
use shared::funnel::{Objection, ObjectionClass, ObjectionMoves};
use shared::id::{DealId, UserId};

/// What was said: class, words, notes on the four moves, whether it is settled.
const SAID: [(ObjectionClass, &str, [Option<&'static str>; 4], bool); 4] = [
    (
        ObjectionClass::Price,
        "比现在用的贵三成，预算不够",
        [
            Some("先让对方把账算完"),
            Some("问清贵是跟哪家比"),
            None,
            Some("按五年总成本对比，并提供分期"),
        ],
        false,
    ),
    (
        ObjectionClass::Quality,
        "夏天高温下会不会误报",
        [
            Some("记下去年误报的日期"),
            None,
            Some("认同高温是行业难题"),
            Some("出示检测报告和同行案例"),
        ],
        true,
    ),
    (
        ObjectionClass::AfterSales,
        "夜班停线谁来修",
        [Some(""), Some("问清一小时停线的损失"), None, None],
        false,
    ),
    (
        ObjectionClass::Other,
        "集团要求先用自研系统",
        [Some("听完集团的考虑"), None, None, None],
        false,
    ),
];

/// Logs an objection for every third deal that has come further than the first stage.
///
/// # Errors
/// Those of the database.
pub(super) async fn log(tx: &mut Tx, deals: &[(DealId, usize, Option<UserId>)]) -> AppResult<()> {
    let further = deals.iter().filter(|(_, place, _)| *place >= 1).step_by(3);
    for ((deal, _, owner), (class, said, notes, is_settled)) in further.zip(SAID.iter().cycle()) {
        let at = clock::now() - Duration::days(2);
        let [listen, ask, flow, lead] = notes.map(|note| note.map(str::to_owned));
        let objection = Objection {
            id: new_id(),
            deal_id: *deal,
            class: *class,
            said: (*said).to_owned(),
            contact_id: None,
            contact_name: None,
            moves: ObjectionMoves {
                listen,
                ask,
                flow,
                lead,
            },
            settled_at: is_settled.then_some(at),
            logged_by: *owner,
            logged_by_name: None,
            logged_at: at,
            withdrawn_at: None,
        };
        let (conn, scope) = tx.parts();
        store::insert(conn, scope, &objection).await?;
        let event = NewEvent::new(EventKind::ObjectionLogged, SubjectKind::Deal, deal.0)
            .on_deal(*deal)
            .owned_by(None, *owner)
            .at(at);
        tx.record(event.with_change(None, Some(&objection))).await?;
    }
    Ok(())
}
