//! The night sky beside the sign-in: the seven stars are the steps of a sale, and they point at what it is for.

use crate::i18n::t;
use crate::i18n::use_lang;
use yew::prelude::*;

/// One of the seven stars, and where its word stands beside it.
struct Star {
    x: i32,
    y: i32,
    r: &'static str,
    dx: i32,
    dy: i32,
    anchor: &'static str,
}

const fn star(x: i32, y: i32, r: &'static str, (dx, dy): (i32, i32), anchor: &'static str) -> Star {
    Star {
        x,
        y,
        r,
        dx,
        dy,
        anchor,
    }
}

const STARS: [Star; 7] = [
    star(140, 352, "4", (0, 30), "middle"),
    star(246, 316, "4", (0, -20), "middle"),
    star(330, 372, "4", (0, 30), "middle"),
    star(432, 424, "3.5", (-6, -20), "middle"),
    star(474, 560, "4", (-10, 32), "middle"),
    star(636, 506, "4", (22, 16), "start"),
    star(600, 350, "4.5", (22, -8), "start"),
];

/// Faint stars, always the same: a small generator instead of a list. Place, radius, opacity.
fn dust() -> impl Iterator<Item = (u32, u32, String, String)> {
    let mut seed = 0x00d1_99e5_u32;
    let mut next = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    std::iter::repeat_with(move || {
        let (x, y) = (next() % 840, next() % 900);
        let tenths = 6 + next() % 4 * 2;
        let radius = format!("{}.{}", tenths / 10, tenths % 10);
        (x, y, radius, format!("0.{}", 18 + next() % 32))
    })
    .take(90)
}

/// The sky.
#[component]
pub fn Sky() -> Html {
    use_lang();
    let names = t!("identity.sky.steps").into_owned();
    let names: Vec<String> = names.split('|').map(str::to_owned).collect();
    html! {
        <aside class="sky">
            <svg viewBox="0 0 840 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
                <g class="dust">
                    for (x, y, r, opacity) in dust() {
                        <circle cx={x.to_string()} cy={y.to_string()} {r} {opacity} />
                    }
                </g>
                <path class="path" d="M600 350 636 506 474 560 432 424ZM432 424 330 372 246 316 140 352" />
                <path class="toward" d="M632 488 600 350 536 96" />
                <g class="glow"><circle cx="534" cy="88" r="18" opacity=".12" /><circle cx="534" cy="88" r="9" opacity=".22" /></g>
                <circle class="star" cx="534" cy="88" r="4.5" />
                <text class="pole" x="556" y="93">{ t!("identity.sky.pole") }</text>
                for (star, name) in STARS.iter().zip(names) {
                    <g>
                        <circle class="glow" cx={star.x.to_string()} cy={star.y.to_string()} r="11" opacity=".14" />
                        <circle class="star" cx={star.x.to_string()} cy={star.y.to_string()} r={star.r} />
                        <text x={(star.x + star.dx).to_string()} y={(star.y + star.dy).to_string()} text-anchor={star.anchor}>{ name }</text>
                    </g>
                }
            </svg>
            <div class="say"><p>{ t!("identity.sky.say") }</p><p>{ t!("identity.sky.more") }</p></div>
        </aside>
    }
}
