//! Every input with every outcome of a move, one cell after the other (DND-1).

use super::world::{OFFER, TALK, World};
use tests::browser::board::{self, HOLDS, at, columns, turn_to};
use tests::browser::{Page, Point, Pointer, Window, journey};
use tests::wait;

/// The place of the stage that is won.
const WON: usize = 3;

/// Cards in a column: more than are drawn at once.
const CARDS: usize = 24;
/// How far a column has scrolled when its first cards are out of sight.
const FAR: u32 = 900;

/// The ways to move a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Input {
    Mouse,
    Pen,
    Touch,
    Keys,
    Menu,
    Stepper,
}

/// What becomes of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Another place in the same column.
    SameColumn,
    /// Another column.
    OtherColumn,
    /// Given up on the way.
    Cancelled,
    /// A place that has to be scrolled to.
    Scrolled,
}

use Input::{Keys, Menu, Mouse, Pen, Stepper, Touch};
use Outcome::{Cancelled, OtherColumn, SameColumn, Scrolled};

const OUTCOMES: [Outcome; 4] = [SameColumn, OtherColumn, Cancelled, Scrolled];
const ESCAPE: &str = "\u{e00c}";
const DOWN: &str = "\u{e015}";
const RIGHT: &str = "\u{e014}";
const END: &str = "\u{e010}";

/// One cell: a card of the first column, and the board it lies on.
struct Cell<'a> {
    world: &'a World,
    page: &'a Page,
    card: String,
}

impl Cell<'_> {
    fn body(&self, place: usize) -> String {
        format!(
            "section.col[data-stage='{}'] .col-b",
            self.world.stage(place)
        )
    }

    async fn to_top(&self, place: usize) {
        let body = self.body(place);
        let script = format!("document.querySelector(\"{body}\").scrollTop = 0");
        self.page.script(&script).await;
        self.page.frames(2).await;
    }

    async fn scrolled(&self, place: usize) {
        let body = self.body(place);
        self.page
            .until(
                "the column scrolled far",
                &format!("document.querySelector(\"{body}\").scrollTop > {FAR}"),
            )
            .await;
    }

    /// The card below this one.
    async fn next(&self) -> String {
        let now = columns(self.page).await;
        let cards = &at(&now, TALK).cards;
        let place = cards.iter().position(|card| *card == self.card);
        cards[place.unwrap_or_else(|| panic!("the card is not in its column")) + 1].clone()
    }

    async fn focus(&self) {
        let card = &self.card;
        let script = format!("document.getElementById('card-{card}').focus()");
        self.page.script(&script).await;
    }

    async fn pointer(&self, pointer: Pointer, outcome: Outcome) {
        let page = self.page;
        let start = board::grip(page, &self.card).await;
        let end = match outcome {
            SameColumn => {
                let next = board::place(page, &self.next().await).await;
                Point {
                    y: next.y + 30.0,
                    ..next
                }
            }
            _ => page.middle(&self.body(OFFER)).await,
        };
        page.press(pointer, start).await;
        page.steer(pointer, start, end).await;
        page.until("the card is in the air", HOLDS).await;
        match outcome {
            Cancelled => {
                page.keys(ESCAPE).await;
                page.until("nothing is in the air", &format!("!({HOLDS})"))
                    .await;
            }
            Scrolled => {
                let edge = Point {
                    y: f64::from(Window::DESKTOP.height) - 12.0,
                    ..end
                };
                page.steer(pointer, end, edge).await;
                self.scrolled(OFFER).await;
                page.steer(pointer, edge, end).await;
            }
            SameColumn | OtherColumn => {}
        }
        page.release(pointer, end).await;
    }

    async fn finger(&self, outcome: Outcome) {
        let page = self.page;
        let start = board::grip(page, &self.card).await;
        let lead = async |from: Point, to: Point| {
            for step in 1..=10 {
                let part = f64::from(step) / 10.0;
                let x = from.x + (to.x - from.x) * part;
                let y = from.y + (to.y - from.y) * part;
                page.finger("touchMove", Some(Point { x, y })).await;
            }
        };
        let (width, height) = (Window::PHONE.width, Window::PHONE.height);
        let next = board::place(page, &self.next().await).await;
        page.finger("touchStart", Some(start)).await;
        page.until("the finger holds the card", HOLDS).await;
        match outcome {
            SameColumn | Cancelled => {
                lead(
                    start,
                    Point {
                        y: next.y + 30.0,
                        ..start
                    },
                )
                .await;
            }
            OtherColumn => {
                let edge = Point {
                    x: f64::from(width) - 8.0,
                    ..start
                };
                lead(start, edge).await;
                let there = format!("section.col[data-stage='{}']", self.world.stage(OFFER));
                page.until(
                    "the board turned",
                    &format!(
                        "document.querySelector(\"{there}\").getBoundingClientRect().left < 60"
                    ),
                )
                .await;
                let middle = Point {
                    x: f64::from(width) / 2.0,
                    ..start
                };
                page.finger("touchMove", Some(middle)).await;
                let target = format!(
                    "document.querySelector(\"{}\")",
                    there.replace("col[", "col.target[")
                );
                page.until("the card would fall there", &target).await;
            }
            Scrolled => {
                // The lower edge of the column: the menu of the app lies below it.
                let edge = page
                    .script(&format!(
                        "return document.querySelector(\"{}\").getBoundingClientRect().bottom",
                        self.body(TALK)
                    ))
                    .await;
                let edge = edge.as_f64().unwrap_or_else(|| f64::from(height)) - 10.0;
                lead(start, Point { y: edge, ..start }).await;
                self.scrolled(TALK).await;
                lead(
                    Point { y: edge, ..start },
                    Point {
                        y: edge - 200.0,
                        ..start
                    },
                )
                .await;
            }
        }
        page.frames(2).await;
        // A call that comes in takes the finger away.
        let end = if outcome == Cancelled {
            "touchCancel"
        } else {
            "touchEnd"
        };
        page.finger(end, None).await;
    }

    async fn keys(&self, outcome: Outcome) {
        self.focus().await;
        let keys: &[&str] = match outcome {
            SameColumn => &[" ", DOWN, " "],
            OtherColumn => &[" ", RIGHT, " "],
            Cancelled => &[" ", RIGHT, DOWN, ESCAPE],
            Scrolled => &[" ", RIGHT, END, " "],
        };
        for key in keys {
            self.page.keys(key).await;
        }
        let card = &self.card;
        self.page
            .until(
                "the focus is on the card, and the card in view",
                &format!(
                    "(() => {{ const card = document.getElementById('card-{card}'); if (document.activeElement !== card) return false; \
                     const r = card.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight }})()"
                ),
            )
            .await;
    }

    async fn menu(&self, outcome: Outcome) {
        self.focus().await;
        self.page.keys("m").await;
        self.page.find("dialog[open] .mv-list").await;
        match outcome {
            SameColumn => self.page.click("Down").await,
            OtherColumn => self.page.click_at("dialog[open] .mv-list .is-next").await,
            Cancelled => self.page.keys(ESCAPE).await,
            Scrolled => self.page.click("To the end").await,
        }
        self.page
            .until(
                "the menu is gone",
                "!document.querySelector('dialog[open]')",
            )
            .await;
    }

    async fn stepper(&self, outcome: Outcome) {
        let page = self.page;
        page.go(&format!("/deals/{}", self.card)).await;
        page.find("ol.stepper").await;
        match outcome {
            SameColumn => unreachable!("the stepper knows stages alone"),
            OtherColumn => page.click("Offer").await,
            Cancelled => {
                page.click("Mark as Lost").await;
                page.find("dialog[open] #lost-form").await;
                page.keys(ESCAPE).await;
                page.until(
                    "nothing is asked",
                    "!document.querySelector('dialog[open]')",
                )
                .await;
            }
            Scrolled => {
                // On the smallest phone the last stage lies beyond the edge until one scrolls there.
                page.resize(Window {
                    width: 320,
                    height: 640,
                    is_phone: true,
                })
                .await;
                page.until(
                    "the steps scroll",
                    "(() => { const list = document.querySelector('ol.stepper'); return list.scrollWidth > list.clientWidth + 40 })()",
                )
                .await;
                page.click("Won").await;
                page.until(
                    "it stands at Won",
                    "document.querySelector('ol.stepper .is-now')?.textContent.includes('Won')",
                )
                .await;
                page.resize(Window::DESKTOP).await;
            }
        }
    }

    async fn make(&self, input: Input, outcome: Outcome) {
        match input {
            Mouse => self.pointer(Pointer::Mouse, outcome).await,
            Pen => self.pointer(Pointer::Pen, outcome).await,
            Touch => self.finger(outcome).await,
            Keys => self.keys(outcome).await,
            Menu => self.menu(outcome).await,
            Stepper => self.stepper(outcome).await,
        }
    }
}

/// Where the server has a deal: the place of its stage, and its place in that column; nowhere while it is
/// just being moved.
async fn stands(world: &World, card: &str) -> Option<(usize, usize)> {
    let deal = world.read(card).await;
    let (title, stage) = (&deal["title"], &deal["stage_id"]);
    let stages = world.funnel["stages"].as_array()?;
    let place = stages.iter().position(|known| known["id"] == *stage)?;
    let column = world.column(place).await;
    let row = column.iter().position(|known| title == known)?;
    Some((place, row))
}

/// Makes one move and demands what has to come of it, at the server and on the page.
async fn cross(world: &World, page: &Page, input: Input, outcome: Outcome) {
    let what = format!("{input:?} × {outcome:?}");
    let card = at(&columns(page).await, TALK).card(0).to_owned();
    let cell = Cell { world, page, card };
    for place in [TALK, OFFER] {
        cell.to_top(place).await;
    }
    let before = world.read(&cell.card).await;
    cell.make(input, outcome).await;

    let is_there = |(stage, row): (usize, usize)| match (outcome, input) {
        (SameColumn, _) => stage == TALK && row == 1,
        (OtherColumn, _) => stage == OFFER,
        (Cancelled, _) => stage == TALK && row == 0,
        // What scrolls there are the stages themselves.
        (Scrolled, Stepper) => stage == WON,
        (Scrolled, Touch | Menu) => stage == TALK && row > 5,
        (Scrolled, _) => stage == OFFER && row > 5,
    };
    wait::until(&format!("{what}: the server has it so"), async || {
        stands(world, &cell.card)
            .await
            .is_some_and(is_there)
            .then_some(())
    })
    .await;
    page.until(
        "no move is on its way",
        "!document.querySelector('.syncing, .is-moving')",
    )
    .await;
    if outcome == Cancelled {
        let after = world.read(&cell.card).await;
        assert_eq!(
            after["version"], before["version"],
            "{what}: something was saved"
        );
    }
    if input != Stepper {
        // Where it is out of sight now it is not drawn; elsewhere it must not be.
        let stage = world.read(&cell.card).await["stage_id"].clone();
        let drawn = format!(
            "[...document.querySelectorAll(\".deal[data-deal='{}']:not(.ghost):not(.parked)\")]",
            cell.card
        );
        page.until(
            &format!("{what}: the card shows in its column alone"),
            &format!(
                "{drawn}.every(card => card.closest('section.col').dataset.stage === '{}')",
                stage.as_str().unwrap(),
            ),
        )
        .await;
    }
}

#[tokio::test]
async fn every_input_moves_within_and_between_columns_gives_up_and_reaches_what_is_out_of_sight() {
    journey("matrix_desk", async |journey| {
        let world = World::with_deals(journey, CARDS).await;
        let page = world.board(journey, Window::DESKTOP).await;
        for input in [Mouse, Pen, Keys, Menu] {
            for outcome in OUTCOMES {
                cross(&world, &page, input, outcome).await;
            }
        }
        let address = page.path().await;
        // The stepper knows stages alone: the order within one does not show on the page of a deal.
        for outcome in [OtherColumn, Cancelled, Scrolled] {
            page.go(&address).await;
            board::opened(&page).await;
            cross(&world, &page, Stepper, outcome).await;
        }
    })
    .await;
}

#[tokio::test]
async fn finger_moves_within_and_between_columns_gives_up_and_reaches_what_is_out_of_sight() {
    journey("matrix_touch", async |journey| {
        let world = World::with_deals(journey, CARDS).await;
        let page = world.board(journey, Window::PHONE).await;
        // Somebody who uses a page has touched it before; only then may it make the phone tremble.
        page.finger("touchStart", Some(Point { x: 195.0, y: 20.0 }))
            .await;
        page.finger("touchEnd", None).await;
        let address = page.path().await;
        for outcome in OUTCOMES {
            page.go(&address).await;
            board::opened(&page).await;
            turn_to(&page, world.stage(TALK), "Talk").await;
            cross(&world, &page, Touch, outcome).await;
        }
    })
    .await;
}
