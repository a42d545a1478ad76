//! What the demo organisation learnt from deals that were won and lost; two closings still wait for it.

use super::data::DealData;
use crate::clock;
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::funnel::store::{cases as store, deals};
use chrono::Duration;
use shared::event::{EventKind, SubjectKind};
use shared::funnel::NewCase;
use shared::id::{DealId, UserId};

/// A case as it is written in the data: the deal's title, lesson, what worked, what failed, tags.
type CaseData = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

/// The cases.
const CASES: [CaseData; 5] = [
    (
        "工业 CT 一期",
        "先让质量部用自己的废品试测，再谈价格。",
        "第二次拜访就带着便携样机，当场扫出了对方三年没找到的气孔。质量总监自己在会上替我们讲了收益。",
        "付款节点谈得太晚，合同多走了三周法务。",
        &["试用", "样件", "内部支持者"],
    ),
    (
        "在线视觉检测一期",
        "把误报率写进验收条款，反而打消了工艺部的顾虑。",
        "工艺、质量、采购三层同时推进；每次拜访后当天发会议纪要。",
        "起初只找采购，耽误了一个月。",
        &["验收条款", "三层推进"],
    ),
    (
        "X 射线异物机",
        "食品客户最怕召回：拿同行的召回损失来算账，比讲参数有用。",
        "用同行业案例算出一次召回的损失，预算当月就批下来了。",
        "",
        &["同行案例", "算账"],
    ),
    (
        "无损检测年度服务",
        "价格战前先确认决策人换了没有：新部长上任后，我们还在跟旧联系人谈。",
        "技术方案评分第一。",
        "新任设备部长上任两个月，我们没有去拜访；对手先报了低一成的价。",
        &["价格", "决策人变动"],
    ),
    (
        "储罐在线监测",
        "只有一个供应商报价时，客户会拿我们压别人的价：先问清预算从哪来。",
        "",
        "没有核实预算来源就报了底价，最后被用来跟老供应商谈判。",
        &["价格", "预算"],
    ),
];

/// Writes the cases of the deals that were closed, a day after each was closed.
///
/// # Errors
/// Those of the database.
pub(super) async fn write(
    tx: &mut Tx,
    data: &[DealData],
    made: &[(DealId, usize, Option<UserId>)],
) -> AppResult<()> {
    for ((_, title, _, _, _, _, days, ..), (deal, _, owner)) in data.iter().zip(made) {
        let Some((_, lesson, worked, failed, tags)) = CASES.iter().find(|one| one.0 == *title)
        else {
            continue;
        };
        let new = NewCase {
            worked: (*worked).to_owned(),
            failed: (*failed).to_owned(),
            lesson: (*lesson).to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        };
        let at = clock::now() - Duration::days(days - 1);
        let org = tx.scope().org;
        store::put(tx.shared(), org, *deal, (*owner, at), &new).await?;
        deals::touch(tx.shared(), org, *deal).await?;
        let written = store::find(tx.shared(), org, *deal).await?;
        let row = deals::find_for_update(tx.shared(), tx.scope(), *deal).await?;
        let event = NewEvent::new(EventKind::CaseWritten, SubjectKind::Deal, deal.0)
            .on_deal(*deal)
            .on_account(row.account_id.map(Into::into))
            .owned_by(*owner, *owner)
            .at(at);
        tx.record(event.with_change(None, written.as_ref())).await?;
    }
    Ok(())
}
