//! What an event says: a symbol, a title, who did it and what changed, in both languages.

use super::super::names::{Names, StageName, subject_name};
use super::values::{Change, changes, count, text};
use crate::i18n::Lang;
use crate::i18n::t;
use crate::ui::Glyph;
use shared::event::{ActorKind, Event, EventKind};
use shared::funnel::StageKind;
use shared::id::StageId;

/// What an event says.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// The symbol on the line.
    pub glyph: Glyph,
    /// Whether the mark is lit, as for a win.
    pub is_lit: bool,
    /// What happened.
    pub title: String,
    /// On whose behalf.
    pub by: String,
    /// The fields that changed.
    pub changes: Vec<Change>,
}

/// Puts an event into words.
#[must_use]
pub fn sentence(lang: Lang, event: &Event, names: &Names) -> Sentence {
    let mut said = Sentence {
        glyph: glyph(event.kind),
        is_lit: false,
        title: String::new(),
        by: actor(lang, event),
        changes: Vec::new(),
    };
    let name = subject_name(event).or_else(|| names.get(event.subject_id));
    match event.kind {
        EventKind::DealMoved => moved(lang, event, names, name, &mut said),
        EventKind::AccountUpdated | EventKind::ContactUpdated | EventKind::DealUpdated => {
            said.changes = changes(lang, event, names);
            said.title = titled(lang, event.kind, updated_name(event, names).as_deref());
        }
        EventKind::ImportFinished => {
            said.title = titled(lang, event.kind, None);
            said.by = count(lang, "timeline.rows", &event.data, "rows").unwrap_or(said.by);
        }
        kind => said.title = titled(lang, kind, name),
    }
    // What was counted, objected, proposed or learnt, and by which rule it was moved.
    let touch = ["new", "old"].iter().find_map(|side| {
        let part = event.data.get(side)?;
        let key = match event.kind {
            EventKind::TouchRecorded | EventKind::TouchWithdrawn => {
                format!("touch.kinds.{}", part.get("kind")?.as_str()?)
            }
            EventKind::AccountScreened => {
                format!("screening.outcomes.{}", part.get("outcome")?.as_str()?)
            }
            EventKind::ObjectionLogged | EventKind::ObjectionWithdrawn => {
                format!("objection.classes.{}", part.get("class")?.as_str()?)
            }
            EventKind::ProposalPointAdded
            | EventKind::ProposalPointUpdated
            | EventKind::ProposalPointRemoved => {
                return Some(part.get("feature")?.as_str()?.to_owned());
            }
            EventKind::CaseWritten | EventKind::CaseRemoved => {
                return Some(part.get("lesson")?.as_str()?.to_owned());
            }
            _ => return None,
        };
        Some(t!(&key, locale = lang.tag()).into_owned())
    });
    let rule = event.data.get("rule").and_then(serde_json::Value::as_str);
    // The question that was answered, or the task.
    let about = event.data.get("about").and_then(|about| about.get("text"));
    let about = about.and_then(serde_json::Value::as_str);
    for more in touch.into_iter().chain(rule.or(about).map(str::to_owned)) {
        let by = said.by.clone();
        said.by = t!("timeline.dot", locale = lang.tag(), a = by, b = more).into_owned();
    }
    said
}

/// The name of a changed subject as it is now: a rename is told among the changes.
fn updated_name(event: &Event, names: &Names) -> Option<String> {
    names
        .get(event.subject_id)
        .or_else(|| subject_name(event))
        .map(str::to_owned)
}

fn titled(lang: Lang, kind: EventKind, name: Option<&str>) -> String {
    let base = format!("timeline.events.{}", kind.as_ref().replace('.', "_"));
    let known = |key: &str| {
        crate::_rust_i18n_try_translate(lang.tag(), key).map(std::borrow::Cow::into_owned)
    };
    match name {
        Some(name) => known(&format!("{base}_named")).map(|text| text.replace("%{name}", name)),
        None => None,
    }
    .or_else(|| known(&base))
    .unwrap_or_else(|| kind.as_ref().to_owned())
}

fn moved(lang: Lang, event: &Event, names: &Names, name: Option<&str>, said: &mut Sentence) {
    let deal = name.map_or_else(
        || t!("timeline.a_deal", locale = lang.tag()).into_owned(),
        str::to_owned,
    );
    let stage = |side: &str| -> Option<&StageName> {
        let id: StageId = event
            .data
            .get(side)?
            .get("stage_id")?
            .as_str()?
            .parse()
            .ok()?;
        names.stage(id)
    };
    let (old, new) = (stage("old"), stage("new"));
    let kind = new.map_or(StageKind::Open, |stage| stage.kind);
    let key = match kind {
        StageKind::Won => "timeline.won",
        StageKind::Lost => "timeline.lost",
        StageKind::Open if new.is_some() => "timeline.moved",
        StageKind::Open => "timeline.moved_somewhere",
    };
    let to = new.map(|stage| stage.name.clone()).unwrap_or_default();
    said.title = t!(key, locale = lang.tag(), deal = deal, stage = to).into_owned();
    (said.glyph, said.is_lit) = match kind {
        StageKind::Won => (Glyph::Check, true),
        StageKind::Lost => (Glyph::Flag, false),
        StageKind::Open => (Glyph::Arrow, false),
    };
    if let Some(old) = old {
        let from = t!(
            "timeline.from",
            locale = lang.tag(),
            stage = old.name.clone()
        );
        said.by = t!(
            "timeline.dot",
            locale = lang.tag(),
            a = said.by.clone(),
            b = from
        )
        .into_owned();
    }
    let reason = event
        .data
        .get("loss_reason")
        .or_else(|| event.data.get("new")?.get("loss_reason"));
    if let Some(reason) = reason.and_then(|reason| text(lang, "loss_reason", reason, names)) {
        let label = t!("timeline.field.loss_reason", locale = lang.tag()).into_owned();
        said.changes.push(Change {
            label,
            old: None,
            new: Some(reason),
        });
    }
    // A step that came with the stage (CLS-26).
    let step = event
        .data
        .get("step")
        .and_then(|step| step.get("next_step"));
    if let Some(step) = step.and_then(serde_json::Value::as_str) {
        said.changes.push(Change {
            label: t!("timeline.field.next_step", locale = lang.tag()).into_owned(),
            old: None,
            new: Some(step.to_owned()),
        });
    }
}

fn actor(lang: Lang, event: &Event) -> String {
    let key = match (event.actor_kind, &event.actor_name) {
        (ActorKind::User, Some(name)) => {
            return t!("timeline.by", locale = lang.tag(), name = name.clone()).into_owned();
        }
        (ActorKind::User, None) => "timeline.by_somebody",
        (ActorKind::Import, _) => "timeline.by_import",
        (ActorKind::Rule, _) => "timeline.by_rule",
        (ActorKind::System, _) => "timeline.by_system",
    };
    t!(key, locale = lang.tag()).into_owned()
}

const fn glyph(kind: EventKind) -> Glyph {
    match kind {
        EventKind::AccountCreated => Glyph::Account,
        EventKind::AccountUpdated | EventKind::ContactUpdated | EventKind::DealUpdated => {
            Glyph::Edit
        }
        EventKind::AccountArchived | EventKind::ContactArchived | EventKind::DealArchived => {
            Glyph::Archive
        }
        EventKind::AccountRestored | EventKind::ContactRestored | EventKind::DealRestored => {
            Glyph::Undo
        }
        EventKind::ContactCreated => Glyph::User,
        EventKind::DealCreated => Glyph::Plus,
        EventKind::DealMoved => Glyph::Arrow,
        EventKind::EvidenceFiled => Glyph::File,
        EventKind::EvidenceWithdrawn | EventKind::TouchWithdrawn => Glyph::Undo,
        EventKind::TouchRecorded => Glyph::Visit,
        EventKind::SheetAnswered => Glyph::Message,
        EventKind::SheetAnswerErased => Glyph::Undo,
        EventKind::SheetTaskPlanned => Glyph::Calendar,
        EventKind::SheetTaskDone | EventKind::PriorityConfirmed => Glyph::Check,
        EventKind::ObjectionLogged | EventKind::ObjectionUpdated => Glyph::Edit,
        EventKind::ObjectionSettled => Glyph::Check,
        EventKind::ObjectionWithdrawn => Glyph::Undo,
        EventKind::ProposalPointAdded => Glyph::Plus,
        EventKind::ProposalPointUpdated => Glyph::Edit,
        EventKind::ProposalPointRemoved | EventKind::CaseRemoved => Glyph::Trash,
        EventKind::ProposalReordered => Glyph::Sort,
        EventKind::AccountScreened
        | EventKind::TestsAnswered
        | EventKind::ElementsScored
        | EventKind::RoundHeld => Glyph::Target,
        EventKind::CaseWritten => Glyph::Lamp,
        EventKind::ImportStarted | EventKind::ImportFinished => Glyph::Upload,
        _ => Glyph::Clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use shared::funnel::Funnel;

    const DEAL: &str = "01930000-0000-7000-8000-000000000009";

    fn stage(id: u8, name: &str, kind: &str) -> Value {
        json!({ "id": format!("01930000-0000-7000-8000-0000000000{id:02}"), "funnel_id": DEAL,
                "position": id, "name": name, "kind": kind })
    }

    fn names() -> Names {
        let funnel: Funnel = serde_json::from_value(json!({
            "id": DEAL, "name": "F", "version": 1, "archived_at": null,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "stages": [stage(1, "Needs", "open"), stage(2, "Value", "open"), stage(3, "Won", "won"), stage(4, "Lost", "lost")]
        }))
        .unwrap();
        let mut names = Names::default();
        names.add_funnels(&[funnel]);
        names.add(DEAL.parse().unwrap(), "Vision line");
        names
    }

    fn event(kind: &str, actor: &str, data: Value) -> Event {
        serde_json::from_value(json!({
            "sequence": 1, "at": "2026-11-22T08:00:00Z", "actor_kind": actor, "actor_id": null, "actor_name": "Xia",
            "kind": kind, "subject_kind": "deal", "subject_id": DEAL, "account_id": null, "deal_id": DEAL, "data": data
        }))
        .unwrap()
    }

    fn moved(to: u8) -> Event {
        let place = |id: u8| json!({ "stage_id": format!("01930000-0000-7000-8000-0000000000{id:02}"), "rank": "a" });
        event(
            "deal.moved",
            "user",
            json!({ "old": place(1), "new": place(to), "version": 2 }),
        )
    }

    #[test]
    fn a_move_names_deal_and_stages_in_both_languages() {
        let en = sentence(Lang::En, &moved(2), &names());
        assert_eq!(
            (en.title.as_str(), en.by.as_str()),
            ("Vision line moved to Value", "Xia \u{b7} from Needs")
        );
        let zh = sentence(Lang::ZhCn, &moved(2), &names());
        assert_eq!(zh.title, "Vision line进入「Value」");
    }

    /// GATE-25, FUN-28.
    #[test]
    fn an_answer_tells_its_question_and_a_task_what_was_done() {
        let about = json!({ "old": {}, "new": { "text": "The board" }, "about": { "text": "Who decides?" } });
        let said = sentence(
            Lang::En,
            &event("deal.sheet_answered", "user", about),
            &names(),
        );
        assert_eq!(
            (said.title.as_str(), said.by.as_str()),
            (
                "Push question answered: Vision line",
                "Xia \u{b7} Who decides?"
            )
        );
        let about = json!({ "old": {}, "new": {}, "about": { "text": "Visit" } });
        let said = sentence(
            Lang::ZhCn,
            &event("deal.sheet_task_done", "user", about),
            &names(),
        );
        assert_eq!(said.title, "完成任务：Vision line");
    }

    #[test]
    fn a_win_is_lit_and_a_loss_is_told_as_one() {
        let won = sentence(Lang::En, &moved(3), &names());
        assert_eq!((won.title.as_str(), won.is_lit), ("Won: Vision line", true));
        let lost = sentence(Lang::En, &moved(4), &names());
        assert_eq!(
            (lost.title.as_str(), lost.is_lit),
            ("Lost: Vision line", false)
        );
    }

    #[test]
    fn a_change_tells_old_and_new_and_leaves_out_bookkeeping() {
        let data = json!({
            "old": { "amount": { "amount": "1500000", "currency": "CNY" }, "rank": "a" },
            "new": { "amount": { "amount": "1860000", "currency": "CNY" }, "rank": "b", "next_step": "Call" }
        });
        let said = sentence(Lang::En, &event("deal.updated", "import", data), &names());
        assert_eq!(said.by, "Import");
        let changes: Vec<_> = said
            .changes
            .iter()
            .map(|c| (c.label.as_str(), c.old.as_deref(), c.new.as_deref()))
            .collect();
        assert_eq!(
            changes,
            [
                ("Amount", Some("\u{a5}1,500,000"), Some("\u{a5}1,860,000")),
                ("Next step", None, Some("Call"))
            ]
        );
    }

    #[test]
    fn what_was_counted_and_the_rule_that_moved_a_deal_are_told() {
        let data = json!({ "old": {}, "new": { "kind": "showing", "note": "Third floor" } });
        let event_of = event("deal.touch_recorded", "user", data);
        let said = sentence(Lang::En, &event_of, &names());
        assert_eq!(said.title, "Recorded: Vision line");
        assert_eq!(said.by, "Xia \u{b7} Showing");
        let data = json!({ "old": {}, "new": { "class": "after_sales", "said": "Who comes?" } });
        let event_of = event("deal.objection_logged", "user", data);
        let said = sentence(Lang::En, &event_of, &names());
        assert_eq!(said.title, "Objection to Vision line");
        assert_eq!(said.by, "Xia \u{b7} After-sales");
        let data = json!({ "old": null, "new": { "feature": "Two sensors" } });
        let event_of = event("deal.proposal_point_added", "user", data);
        let said = sentence(Lang::En, &event_of, &names());
        assert_eq!(said.title, "Point added to the proposal for Vision line");
        assert_eq!(said.by, "Xia \u{b7} Two sensors");
        let mut by_rule = moved(2);
        by_rule.actor_kind = ActorKind::Rule;
        by_rule.data["rule"] = json!("Nine showings");
        let said = sentence(Lang::En, &by_rule, &names());
        assert_eq!(said.by, "Rule \u{b7} from Needs \u{b7} Nine showings");
    }

    #[test]
    fn an_event_of_a_newer_server_is_told_by_its_kind() {
        let said = sentence(
            Lang::En,
            &event("stage.updated", "system", json!({})),
            &names(),
        );
        assert_eq!(said.title, "stage.updated");
    }
}
