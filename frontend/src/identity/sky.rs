//! The night sky beside the sign-in: the seven stars are the steps of a sale, and they point at what it is for.

use crate::i18n::t;
use crate::i18n::use_lang;
use yew::prelude::*;

/// One of the seven stars, and where its word stands beside it.
struct Star {
    x: f64,
    y: f64,
    r: f64,
    dx: f64,
    dy: f64,
    anchor: &'static str,
}

const fn star(x: f64, y: f64, r: f64, dx: f64, dy: f64, anchor: &'static str) -> Star {
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
    star(140.0, 352.0, 4.0, 0.0, 30.0, "middle"),
    star(246.0, 316.0, 4.0, 0.0, -20.0, "middle"),
    star(330.0, 372.0, 4.0, 0.0, 30.0, "middle"),
    star(432.0, 424.0, 3.5, -6.0, -20.0, "middle"),
    star(474.0, 560.0, 4.0, -10.0, 32.0, "middle"),
    star(636.0, 506.0, 4.0, 22.0, 16.0, "start"),
    star(600.0, 350.0, 4.5, 22.0, -8.0, "start"),
];

/// Faint stars, always the same: a small generator instead of a list.
fn dust() -> impl Iterator<Item = (u32, u32, f64, f64)> {
    let mut seed = 0x00d1_99e5_u32;
    let mut next = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    std::iter::repeat_with(move || {
        let (x, y) = (next() % 840, next() % 900);
        (
            x,
            y,
            0.6 + f64::from(next() % 4) * 0.2,
            0.18 + f64::from(next() % 32) * 0.01,
        )
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
                        <circle cx={x.to_string()} cy={y.to_string()} r={format!("{r:.1}")} opacity={format!("{opacity:.2}")} />
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
                        <circle class="star" cx={star.x.to_string()} cy={star.y.to_string()} r={star.r.to_string()} />
                        <text x={(star.x + star.dx).to_string()} y={(star.y + star.dy).to_string()} text-anchor={star.anchor}>{ name }</text>
                    </g>
                }
            </svg>
            <div class="say"><p>{ t!("identity.sky.say") }</p><p>{ t!("identity.sky.more") }</p></div>
        </aside>
    }
}
