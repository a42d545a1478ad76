//! Sellers with their managers and offices: an office is a team, a manager leads a team below it, the
//! sellers are in that team. Those who are not there yet are known by name only, until they are invited.

use super::batch::{NewSeller, add_seller};
use super::context::{Context, FileContext, Notes};
use super::tally::{Became, Tally};
use crate::clock;
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::exchange::reading::Row;
use crate::identity::store::{teams, users};
use shared::event::{EventKind, SubjectKind};
use shared::exchange::matching::{Class, Meaning};
use shared::exchange::{Field, ProblemCode, RecordKind};
use shared::id::{TeamId, UserId};
use shared::identity::{Permission, Role, SellerLevel, User};

/// What a row says.
struct Draft {
    name: Meaning,
    manager: Meaning,
    office: Meaning,
    level: SellerLevel,
}

/// Takes rows of sellers.
///
/// # Errors
/// Those of the database.
pub async fn take(
    context: &mut Context,
    file: &mut FileContext,
    rows: &[Row],
    tx: &mut Tx,
    tally: &mut Tally,
) -> AppResult<()> {
    for row in rows {
        let mut notes = Notes::default();
        let draft = read(context, file, row, &mut notes);
        let key = match &draft.name {
            Meaning::Record(_, name) | Meaning::Make(name) => name.clone(),
            _ => String::new(),
        };
        if !notes.is_refused() && !file.is_first(&key) {
            notes.add(
                ProblemCode::Duplicate,
                file.odd(Field::Name, Some(&key), None),
            );
        }
        if notes.is_refused() {
            file.settle(tally, row, notes, Became::Rejected);
            continue;
        }
        let office = match &draft.office {
            Meaning::Empty => None,
            meaning => Some(team_of(context, tx, tally, meaning).await?),
        };
        let led = match &draft.manager {
            Meaning::Empty => None,
            meaning => manager_of(context, tx, tally, meaning, office.as_ref()).await?,
        };
        let team = led.or(office.map(|(id, _)| id));
        let became = seller(context, file, tx, tally, &draft, team, &mut notes).await?;
        file.settle(tally, row, notes, became);
    }
    Ok(())
}

fn read(context: &mut Context, file: &FileContext, row: &Row, notes: &mut Notes) -> Draft {
    file.check_shape(row, notes);
    let mut named = |field: Field, notes: &mut Notes| {
        let text = file.take(file.layout.text(&row.cells, field, 100), notes);
        let Some(text) = text else {
            return Meaning::Empty;
        };
        let meaning = context.find(file, field, &text, notes);
        if matches!(meaning, Meaning::Make(_)) && !context.may(Permission::ManageUsers) {
            notes.add(ProblemCode::NotAllowed, file.odd(field, Some(&text), None));
        }
        meaning
    };
    let name = named(Field::Name, notes);
    let manager = named(Field::Manager, notes);
    let office = named(Field::Team, notes);
    let level = file
        .layout
        .cell(&row.cells, Field::Level)
        .map(str::to_owned);
    let level = match level.map(|level| context.find(file, Field::Level, &level, notes)) {
        Some(Meaning::Word(word)) => word.parse().unwrap_or(SellerLevel::Junior),
        _ => SellerLevel::Junior,
    };
    if name == Meaning::Empty && !notes.is_refused() {
        notes.add(
            ProblemCode::RequiredEmpty,
            file.odd(Field::Name, None, None),
        );
    }
    Draft {
        name,
        manager,
        office,
        level,
    }
}

/// The office's team: ours, or a new one at the top.
async fn team_of(
    context: &mut Context,
    tx: &mut Tx,
    tally: &mut Tally,
    meaning: &Meaning,
) -> AppResult<(TeamId, String)> {
    match meaning {
        Meaning::Record(id, name) => Ok((TeamId(*id), name.clone())),
        meaning => {
            let name = match meaning {
                Meaning::Make(name) => name.clone(),
                _ => String::new(),
            };
            // An earlier row of this batch may have made it.
            let id = make_team(context, tx, tally, &name, None).await?;
            Ok((id, name))
        }
    }
}

/// The team that a manager leads: the one they are in, or a new one below the office. None for who may
/// not make teams.
async fn manager_of(
    context: &mut Context,
    tx: &mut Tx,
    tally: &mut Tally,
    meaning: &Meaning,
    office: Option<&(TeamId, String)>,
) -> AppResult<Option<TeamId>> {
    let name = match meaning {
        Meaning::Record(_, name) | Meaning::Make(name) => name.clone(),
        _ => String::new(),
    };
    let team_name: String = match office {
        Some((_, office)) => format!("{office} · {name}"),
        None => name.clone(),
    };
    let team_name: String = team_name.chars().take(100).collect();
    let user = match meaning {
        Meaning::Record(id, _) => existing(context, tx, UserId(*id)).await?,
        _ => None,
    };
    if let Some(team) = user.as_ref().and_then(|user| user.team_id) {
        return Ok(Some(team));
    }
    if !context.may(Permission::ManageUsers) {
        return Ok(None);
    }
    let team = make_team(context, tx, tally, &team_name, office.map(|(id, _)| *id)).await?;
    match (meaning, user) {
        (_, Some(user)) => join(context, tx, user, team).await?,
        (Meaning::Make(name), None) => {
            let new = NewSeller {
                id: clock::new_id(),
                name: name.clone(),
                role: Role::Manager,
                level: SellerLevel::Senior,
                team_id: Some(team),
            };
            make_seller(context, tx, tally, &new).await?;
        }
        _ => {}
    }
    Ok(Some(team))
}

/// The seller of a row: made in the team, or found and put into it if they are in none.
async fn seller(
    context: &mut Context,
    file: &FileContext,
    tx: &mut Tx,
    tally: &mut Tally,
    draft: &Draft,
    team: Option<TeamId>,
    notes: &mut Notes,
) -> AppResult<Became> {
    match &draft.name {
        Meaning::Record(id, _) => {
            tally.records(RecordKind::User, 0, 1);
            let Some(user) = existing(context, tx, UserId(*id)).await? else {
                return Ok(Became::Found);
            };
            match (user.team_id, team) {
                (None, Some(team)) if context.may(Permission::ManageUsers) => {
                    join(context, tx, user, team).await?;
                }
                (Some(ours), Some(theirs)) if ours != theirs => {
                    notes.add(
                        ProblemCode::DiffersFromOurs,
                        file.odd(Field::Team, None, None),
                    );
                }
                _ => {}
            }
            Ok(Became::Found)
        }
        Meaning::Make(name) => {
            let new = NewSeller {
                id: clock::new_id(),
                name: name.clone(),
                role: Role::Rep,
                level: draft.level,
                team_id: team,
            };
            make_seller(context, tx, tally, &new).await?;
            Ok(Became::Created)
        }
        _ => Ok(Became::Rejected),
    }
}

/// A person who is there; `None` for one that a check imagines.
async fn existing(context: &Context, tx: &mut Tx, id: UserId) -> AppResult<Option<User>> {
    if context.is_imagined(id.0) {
        return Ok(None);
    }
    let (conn, scope) = tx.parts();
    Ok(crate::error::optional(
        users::find(conn, scope.org, id).await,
    )?)
}

async fn make_seller(
    context: &mut Context,
    tx: &mut Tx,
    tally: &mut Tally,
    new: &NewSeller,
) -> AppResult<()> {
    if !context.is_dry_run {
        add_seller(tx, new).await?;
    }
    context.made(Class::User, &new.name, new.id.0);
    tally.records(RecordKind::User, 1, 0);
    Ok(())
}

/// The team of a name: ours, or a new one.
async fn make_team(
    context: &mut Context,
    tx: &mut Tx,
    tally: &mut Tally,
    name: &str,
    parent: Option<TeamId>,
) -> AppResult<TeamId> {
    if let Some(id) = context.teams.get(name) {
        return Ok(*id);
    }
    let (conn, scope) = tx.parts();
    if let Some(team) = teams::find_by_name(conn, scope.org, name).await? {
        context.teams.insert(name.to_owned(), team.id);
        return Ok(team.id);
    }
    let id: TeamId = clock::new_id();
    if !context.is_dry_run {
        let team = teams::insert(conn, scope.org, id, name, parent).await?;
        let event = NewEvent::new(EventKind::TeamCreated, SubjectKind::Team, id.0);
        tx.record(event.with_change(None, Some(&team))).await?;
    }
    context.made(Class::Team, name, id.0);
    context.teams.insert(name.to_owned(), id);
    tally.records(RecordKind::Team, 1, 0);
    Ok(id)
}

/// Puts somebody who is in no team into one.
async fn join(context: &Context, tx: &mut Tx, old: User, team: TeamId) -> AppResult<()> {
    if context.is_dry_run || !context.may(Permission::ManageUsers) {
        return Ok(());
    }
    let new = User {
        team_id: Some(team),
        ..old.clone()
    };
    let (conn, scope) = tx.parts();
    let new = users::update(conn, scope.org, &new).await?;
    let event = NewEvent::new(EventKind::UserUpdated, SubjectKind::User, old.id.0);
    tx.record(event.with_change(Some(&old), Some(&new))).await?;
    Ok(())
}
