//! Names for the ids a page mentions: colleagues, stages, deals, contacts, accounts.

use crate::ui::StageShape;
use shared::event::Event;
use shared::funnel::{Funnel, Stage, StageColour, StageFields, StageKind};
use shared::id::{FunnelId, StageId, UserId};
use shared::identity::User;
use std::collections::HashMap;
use std::rc::Rc;
use uuid::Uuid;

/// A stage as far as other pages need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageName {
    /// Its funnel.
    pub funnel_id: FunnelId,
    /// Its name.
    pub name: String,
    /// Open, won or lost.
    pub kind: StageKind,
    /// Its glyph.
    pub shape: StageShape,
    /// The colour of its glyph, one to six.
    pub color: u8,
    /// What it says of itself: a deal's probability may come from it.
    pub fields: Rc<StageFields>,
}

/// Names by id. Ids are unique over all kinds of things, so one map holds them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    plain: HashMap<Uuid, String>,
    stages: HashMap<StageId, StageName>,
}

impl Names {
    /// Adds one name.
    pub fn add(&mut self, id: Uuid, name: impl Into<String>) {
        self.plain.insert(id, name.into());
    }

    /// Adds colleagues.
    pub fn add_users(&mut self, users: &[User]) {
        self.plain
            .extend(users.iter().map(|user| (user.id.0, user.name.clone())));
    }

    /// Adds the stages of funnels.
    pub fn add_funnels(&mut self, funnels: &[Funnel]) {
        for funnel in funnels {
            let open = funnel
                .stages
                .iter()
                .filter(|stage| stage.fields.kind == StageKind::Open)
                .count();
            let mut step = 0;
            for stage in &funnel.stages {
                step += u32::from(stage.fields.kind == StageKind::Open);
                self.stages.insert(
                    stage.id,
                    stage_name(stage, step, u32::try_from(open).unwrap_or(1)),
                );
            }
        }
    }

    /// Adds what events themselves say about the names of their subjects; newer ones win.
    pub fn add_events(&mut self, events: &[Event]) {
        for event in events.iter().rev() {
            if let Some(name) = subject_name(event) {
                self.plain.insert(event.subject_id, name.to_owned());
            }
        }
    }

    /// A name, if it is known.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<&str> {
        self.plain.get(&id).map(String::as_str)
    }

    /// A colleague's name, if it is known.
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&str> {
        self.get(id.0)
    }

    /// A stage, if it is known.
    #[must_use]
    pub fn stage(&self, id: StageId) -> Option<&StageName> {
        self.stages.get(&id)
    }
}

/// The name an event carries for its subject.
#[must_use]
pub fn subject_name(event: &Event) -> Option<&str> {
    ["new", "old"]
        .iter()
        .find_map(|side| {
            let side = event.data.get(side)?;
            side.get("name").or_else(|| side.get("title"))?.as_str()
        })
        .or_else(|| {
            event
                .data
                .get("name")
                .or_else(|| event.data.get("title"))?
                .as_str()
        })
}

fn stage_name(stage: &Stage, step: u32, of: u32) -> StageName {
    let shape = match stage.fields.kind {
        StageKind::Open => StageShape::Step {
            k: step,
            of: of + 1,
        },
        StageKind::Won => StageShape::Won,
        StageKind::Lost => StageShape::Lost,
    };
    StageName {
        funnel_id: stage.funnel_id,
        name: stage.fields.name.clone(),
        kind: stage.fields.kind,
        shape,
        color: color(stage.fields.colour),
        fields: Rc::new(stage.fields.clone()),
    }
}

const fn color(colour: StageColour) -> u8 {
    match colour {
        StageColour::Slate => 1,
        StageColour::Violet => 2,
        StageColour::Indigo => 3,
        StageColour::Blue => 4,
        StageColour::Teal => 5,
        StageColour::Green => 6,
    }
}
