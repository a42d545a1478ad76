//! What names a column: its stage, or the group its deals are in.

use shared::funnel::GroupKey;
use shared::id::StageId;

/// A column of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LaneId {
    /// The deals in a stage.
    Stage(StageId),
    /// The open deals of a group.
    Group(GroupKey),
}

impl LaneId {
    /// The stage, where it is one: cards move there.
    #[must_use]
    pub const fn stage(self) -> Option<StageId> {
        match self {
            Self::Stage(stage) => Some(stage),
            Self::Group(_) => None,
        }
    }

    /// The group, where it is one.
    #[must_use]
    pub const fn group(self) -> Option<GroupKey> {
        match self {
            Self::Stage(_) => None,
            Self::Group(key) => Some(key),
        }
    }
}

impl From<StageId> for LaneId {
    fn from(stage: StageId) -> Self {
        Self::Stage(stage)
    }
}

impl From<GroupKey> for LaneId {
    fn from(key: GroupKey) -> Self {
        Self::Group(key)
    }
}

impl std::fmt::Display for LaneId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stage(stage) => write!(f, "{stage}"),
            Self::Group(key) => write!(f, "{key}"),
        }
    }
}
