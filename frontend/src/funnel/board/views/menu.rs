//! The menu "Views": opens a view, saves what shows, names and deletes.

use super::commands::use_commands;
use super::dialog::{Task, ViewDialog};
use super::shelf::viewer;
use super::{Address, Views};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_me;
use crate::later::{self, Wish};
use crate::ui::{Choice, Glyph, Icon, Menu, MenuEntry, MenuItem};
use shared::funnel::{NewView, SavedView, ViewKind, Viewer};
use shared::identity::Team;
use yew::prelude::*;

/// The id of the button.
const BUTTON: &str = "views-menu";

/// What [`ViewsMenu`] needs.
#[derive(Properties, PartialEq)]
pub struct ViewsMenuProps {
    /// The views and the open one.
    pub views: Views,
    /// The teams of the organisation.
    pub teams: Vec<Team>,
}

/// The chip that says which view is open, and its menu.
#[component]
pub fn ViewsMenu(props: &ViewsMenuProps) -> Html {
    use_lang();
    let views = &props.views;
    let task = use_state_eq(|| None::<Task>);
    let commands = use_commands(views);
    let me = use_me();
    let viewer = me.as_ref().map(|me| viewer(me, &props.teams));
    let ask = |wanted: Task| {
        let task = task.setter();
        Callback::from(move |()| task.set(Some(wanted.clone())))
    };

    let mut entries = shown(views, &props.teams);
    entries.push(MenuEntry::Divider);
    let opened = views.opened();
    let is_changed = views.is_changed();
    let may_change = |view: &&SavedView| {
        viewer
            .as_ref()
            .is_some_and(|viewer| viewer.may_change(view.owner_id, view.team_id))
    };
    let ours = opened.filter(may_change);
    if let Some(view) = ours.filter(|_| is_changed) {
        let (save, view) = (commands.save.clone(), view.clone());
        let pick = Callback::from(move |()| save.emit(view.clone()));
        entries.push(
            MenuItem::new(t!("views.save").into_owned(), pick)
                .icon(Glyph::Check)
                .into(),
        );
    }
    entries.push(
        MenuItem::new(
            t!("views.save_as").into_owned(),
            ask(Task::New(Box::new(new_view(views)))),
        )
        .icon(Glyph::Plus)
        .into(),
    );
    if let Some(view) = opened.filter(|_| is_changed) {
        let (set, id) = (views.set.clone(), view.id);
        let pick = Callback::from(move |()| set.emit(Address::to(id)));
        entries.push(
            MenuItem::new(t!("views.revert").into_owned(), pick)
                .icon(Glyph::Undo)
                .into(),
        );
    }
    if let Some(view) = ours {
        let rename = ask(Task::Rename(Box::new(view.clone())));
        entries.push(
            MenuItem::new(t!("views.rename").into_owned(), rename)
                .icon(Glyph::Edit)
                .into(),
        );
        let (delete, view) = (commands.delete, view.clone());
        let pick = Callback::from(move |()| delete.emit(view.clone()));
        entries.push(
            MenuItem::new(t!("views.delete").into_owned(), pick)
                .icon(Glyph::Trash)
                .danger()
                .into(),
        );
    }
    use_effect_with((), |()| {
        if later::take(Wish::Views).is_some() {
            browser::press(BUTTON);
        }
    });
    let (class, label) = views_label(views);
    html! {
        <>
            <Menu id={BUTTON} label={t!("board.views")} {class} {entries}>{ label }</Menu>
            if let Some(asked) = &*task {
                { dialog(views, asked, choices(viewer.as_ref(), &props.teams), task.setter()) }
            }
        </>
    }
}

/// The classes and the words of the button.
pub fn views_label(views: &Views) -> (Classes, Html) {
    let opened = views.opened();
    let class = classes!("chip", "views", opened.is_some().then_some("is-on"));
    let label = html! {
        <>
            <Icon glyph={Glyph::Star} />
            { t!("board.views") }
            if let Some(view) = opened { <b class="trunc">{ &view.name }</b> }
            if views.is_changed() { <span>{ t!("views.changed") }</span> }
            <Icon glyph={Glyph::Down} />
        </>
    };
    (class, label)
}

/// What shows, as a view without a name.
fn new_view(views: &Views) -> NewView {
    let look = views.look();
    NewView {
        name: String::new(),
        funnel_id: views.funnel,
        team_id: None,
        kind: ViewKind::Board,
        filter: look.filter,
        group_by: look.layout.group_by,
        sort: look.layout.sort,
    }
}

/// The whole board, one's own views, those of teams.
fn shown(views: &Views, teams: &[Team]) -> Vec<MenuEntry> {
    let open = |address: Address| {
        let open = views.open.clone();
        Callback::from(move |()| open.emit(address.clone()))
    };
    let whole = MenuItem::new(t!("views.all").into_owned(), open(Address::default()));
    let is_whole = views.address.view.is_none() && views.look().is_usual();
    let mut entries = vec![whole.checked(is_whole).into()];
    let captions = [(false, t!("views.mine")), (true, t!("views.team"))];
    for (is_of_team, caption) in captions {
        let mut items = views
            .shelf()
            .into_iter()
            .flat_map(|shelf| shelf.views(is_of_team))
            .peekable();
        if items.peek().is_some() {
            entries.push(MenuEntry::Caption(caption.into_owned().into()));
        }
        entries.extend(items.map(|view| {
            let is_open = views.address.view == Some(view.id);
            let mut hints = Vec::new();
            if let Some(team) = teams.iter().find(|team| Some(team.id) == view.team_id) {
                hints.push(team.name.clone());
            }
            if is_open && views.is_changed() {
                hints.push(t!("views.changed").into_owned());
            }
            let item = MenuItem::new(view.name.clone(), open(Address::to(view.id)));
            let item = item.checked(is_open);
            if hints.is_empty() {
                item.into()
            } else {
                item.hint(hints.join(" · ")).into()
            }
        }));
    }
    entries
}

/// The teams one may share with.
fn choices(viewer: Option<&Viewer>, teams: &[Team]) -> Vec<Choice> {
    teams
        .iter()
        .filter(|team| viewer.is_some_and(|viewer| viewer.may_share(team.id)))
        .map(|team| Choice::new(team.id.to_string(), team.name.clone()))
        .collect()
}

fn dialog(
    views: &Views,
    task: &Task,
    teams: Vec<Choice>,
    set_task: UseStateSetter<Option<Task>>,
) -> Html {
    let is_new = matches!(task, Task::New(_));
    let on_saved = {
        let (views, set_task) = (views.clone(), set_task.clone());
        Callback::from(move |view: SavedView| {
            set_task.set(None);
            if is_new {
                views.put(view);
            } else {
                views.keep(view);
            }
        })
    };
    let on_close = Callback::from(move |()| set_task.set(None));
    html! { <ViewDialog task={task.clone()} {teams} {on_saved} {on_close} /> }
}
