//! The scripts of the demo organisation.

use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::funnel::store::scripts as store;
use chrono::Duration;
use shared::accounts::{AccountKind, SizeBand, Tier};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::playbook::Playbook;
use shared::funnel::{Funnel, Script, ScriptAim, ScriptKind, StageKind};
use shared::identity::Locale;

/// A script as it is written in the data: kind, the place of its stage, title, body, size, tier.
type ScriptData = (
    ScriptKind,
    Option<usize>,
    &'static str,
    &'static str,
    Option<SizeBand>,
    Option<Tier>,
);

/// What was written by hand.
const SCRIPTS: [ScriptData; 4] = [
    (
        ScriptKind::Script,
        Some(0),
        "首次电话：先约十五分钟",
        "您好，我是做在线检测的。同行上个月把夜班误报降了一半，想用十五分钟把做法讲给您听，您看周三上午还是周四下午方便？",
        None,
        None,
    ),
    (
        ScriptKind::Strategy,
        None,
        "大型客户：三层同时走",
        "使用层谈省心，管理层谈考核数据，决策层谈五年总成本。每两周对一次三层的反馈，有不一致先在内部对齐。",
        Some(SizeBand::Large),
        None,
    ),
    (
        ScriptKind::Strategy,
        Some(2),
        "A 类客户：需求确认要书面",
        "需求讲完当天发确认函，逐条写清指标和责任人；对方回复后再进方案，避免后面改口。",
        None,
        Some(Tier::A),
    ),
    (
        ScriptKind::Script,
        None,
        "回访：先问使用，再谈新需求",
        "上次装的两套用得怎么样？有没有哪一步还不顺手？",
        None,
        None,
    ),
];

/// Writes the library: what was written by hand, and SPIN as it comes with the product.
pub(super) async fn write(tx: &mut Tx, funnel: &Funnel) -> AppResult<()> {
    let spin = Playbook::Spin.told(Locale::ZhCn, false);
    let by_hand = SCRIPTS
        .iter()
        .map(|(kind, place, title, body, size, tier)| {
            let stage = place.and_then(|place| funnel.stages.get(place));
            let aim = ScriptAim {
                stage_id: stage.map(|stage| stage.id),
                account_kind: size.map(|_| AccountKind::Company),
                size: *size,
                tier: *tier,
                ..ScriptAim::default()
            };
            (*kind, (*title).to_owned(), (*body).to_owned(), aim, None)
        });
    let aim = ScriptAim {
        stage_kind: Some(StageKind::Open),
        ..ScriptAim::default()
    };
    let taken = (spin.kind, spin.title, spin.body, aim, Some(spin.key));
    let at = clock::now() - Duration::days(20);
    for (kind, title, body, aim, playbook) in by_hand.chain([taken]) {
        let script = Script {
            id: new_id(),
            kind,
            title,
            body,
            aim,
            playbook,
            version: 1,
            archived_at: None,
            created_at: at,
            updated_at: at,
        };
        let (conn, scope) = tx.parts();
        store::insert(conn, scope.org, &script).await?;
        let event = NewEvent::new(EventKind::ScriptCreated, SubjectKind::Script, script.id.0);
        tx.record(event.at(at).with_change(None, Some(&script)))
            .await?;
    }
    Ok(())
}
