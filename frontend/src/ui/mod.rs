//! Domain-free pieces of the interface. They know no sales words and no addresses of the API.

pub mod avatar;
pub mod bits;
pub mod button;
pub mod combobox;
pub mod dialog;
pub mod field;
pub mod gathered;
pub mod icon;
pub mod id;
pub mod keys;
pub mod live_region;
pub mod loaded;
pub mod media;
pub mod menu;
pub mod stage;
pub mod tabs;
pub mod toast;

pub use avatar::{Avatar, AvatarSize};
pub use bits::{
    Badge, Chip, Empty, Money, Notches, Notice, Progress, Skeleton, Tier, Tone, VisuallyHidden,
};
pub use button::{Button, ButtonKind, ButtonSize, IconButton};
pub use combobox::{Combobox, Suggestion};
pub use dialog::{Dialog, LateFocus, Sheet};
pub use field::{CheckBox, Choice, Field, SelectField, TextArea, TextField, use_first_fault};
pub use gathered::Gathered;
pub use icon::{Glyph, Icon, Logo, Sprite};
pub use id::use_id;
pub use live_region::{Announcer, LiveRegion, use_announcer};
pub use loaded::{ErrorView, Waiting, draw, draw_again};
pub use menu::{Menu, MenuEntry, MenuItem};
pub use stage::{StageGlyph, StageShape};
pub use tabs::{Segment, Segmented, Tab, Tabs};
pub use toast::{Toast, ToastProvider, Toasts, use_toasts};
