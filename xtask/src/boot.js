// Starts the app. As shipped there are two: one with the pages of a first visit, small enough for a slow
// line, and the whole one, which is fetched when nobody waits any more and taken from then on, with the
// styles of its further pages.

const apps = [/* apps */];
const first = apps[0];
const whole = apps[apps.length - 1];
const key = "dipper.whole";

/** Whether this browser has fetched the whole app before. */
function hasWhole() {
  try {
    return localStorage.getItem(key) === whole[1];
  } catch {
    return false;
  }
}

/** Whether the small app holds the page of an address: see `pages.rs`. */
function isFirstPage(path) {
  return /^\/(board(\/[^/]+)?|sign-in)?$/.test(path);
}

const api = "/api/v1";
const early = new Map();

/** The answer to what was asked before the app was there to ask: see `transport.rs`. Given once. */
globalThis.dipperEarly = (path) => {
  const answer = early.get(path);
  early.delete(path);
  return answer;
};

/** Who is signed in, with a new token where the old one has run out. */
async function whoIsThere() {
  const answer = await fetch(`${api}/me`);
  if (answer.status !== 401) return answer;
  const renewed = await fetch(`${api}/sessions/refresh`, { method: "POST" });
  return renewed.ok ? fetch(`${api}/me`) : answer;
}

/** Asks for what a board or an account's page needs while the app is on its way, and shows its names. */
async function askEarly() {
  const board = /^\/(?:board(?:\/([\w-]+))?)?$/.exec(location.pathname);
  const account = /^\/accounts\/([\da-f-]{36})$/.exec(location.pathname);
  if (!board && !account) return;
  const keep = (path, asked) => {
    asked.catch(() => early.delete(api + path));
    early.set(api + path, asked);
    return asked;
  };
  const me = await keep("/me", whoIsThere());
  if (!me.ok) return;
  const get = (path) => keep(path, fetch(api + path));
  if (account) {
    const path = `/accounts/${account[1]}`;
    glimpse(get(path), accountGlimpse);
    get(`${path}/summary`);
    return;
  }
  get("/funnels?limit=200");
  let funnel = board[1];
  try {
    funnel ??= localStorage.getItem("dipper.board.funnel");
  } catch {
    // A browser that keeps nothing opens the first funnel, whichever that is.
  }
  if (!funnel || location.search) return;
  glimpse(get(`/funnels/${funnel}/board`), boardGlimpse);
  get(`/views?funnel_id=${funnel}&limit=200`);
}

/** The splash, as long as the app has not taken its place. */
const splash = () => document.querySelector("body > .splash");

/**
 * Draws the names in an answer in the shape of the page that is to come, for whoever waits for the app on a
 * slow line: nothing on it can be pressed yet. On a line where the app is there at once nothing flashes by.
 */
async function glimpse(asked, draw) {
  let drawn;
  try {
    const answer = await asked;
    if (!answer.ok || !splash()) return;
    const names = await answer.clone().json();
    await new Promise((resolve) => setTimeout(resolve, 400 - performance.now()));
    drawn = await draw(names);
  } catch {
    // The app asks again, and says what is wrong.
    return;
  }
  const page = make("div", "app glimpse", make("nav", "rail"), make("main", "main", ...drawn));
  page.inert = true;
  page.ariaHidden = "true";
  splash()?.replaceWith(page);
}

/** An element with its classes and what is in it. */
function make(tag, classes, ...inside) {
  const element = document.createElement(tag);
  element.className = classes;
  element.append(...inside);
  return element;
}

const lines = (...widths) => widths.map((width) => make("span", `sk w${width}`));
const topbar = (...inside) => make("header", "topbar", make("div", "side", ...inside));

function boardGlimpse({ funnel, columns }) {
  const stage = (id) => funnel.stages.find((one) => one.id === id)?.name ?? "";
  const tier = (letter) => (letter ? [make("span", `tier ${letter.toLowerCase()}`, letter)] : []);
  const card = ({ account_name, account_tier, title }) =>
    make(
      "div",
      "deal",
      make("div", "who", ...tier(account_tier), make("span", "acct trunc", account_name ?? "")),
      make("p", "title trunc", title),
      make("div", "fig", ...lines(30)),
    );
  const column = ({ stage_id, cards }) =>
    make(
      "section",
      "col",
      make("div", "col-h", make("div", "l1", make("h2", "trunc", stage(stage_id)))),
      make("div", "col-b", make("div", "cards", ...cards.slice(0, 12).map(card))),
    );
  const isPhone = matchMedia("(max-width: 640px)").matches;
  return [
    topbar(make("span", "btn ghost lead", make("span", "trunc", funnel.name))),
    make(
      "div",
      "filler",
      make("div", "toolbar board-bar"),
      ...(isPhone ? [make("div", "pager", make("button", "")), make("div", "m-sum", make("div", "l2"))] : []),
      make("div", "board", ...columns.map(column)),
    ),
  ];
}

async function accountGlimpse({ name }) {
  await dress(whole[2]);
  const title = make("div", "fill", make("h1", "trunc", name), make("div", "tags", ...lines(30)));
  const id = make("div", "acc-id", make("span", "mono", [...name][0] ?? ""), title);
  const panel = () => make("section", "panel", make("div", "sk-block", ...lines(30, 70, 50)));
  return [
    topbar(),
    make("div", "scroller", make("section", "acc-h", id, make("div", "tabs")), make("div", "acc", panel(), panel())),
  ];
}

let dressed;

/** Adds the styles of the pages that only the whole app has. They stay. */
function dress(style) {
  if (!style) return;
  dressed ??= new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      dressed = undefined;
      reject(new Error("the styles are not there"));
    };
    document.head.append(link);
  });
  return dressed;
}

/** Waits for the first frame on the screen: what a first visit has to fetch and compile delays it. */
function painted() {
  return new Promise((resolve) => {
    // A page in the background is not painted at all.
    setTimeout(resolve, 500);
    try {
      new PerformanceObserver(resolve).observe({ type: "paint", buffered: true });
    } catch {
      // A browser that does not tell waits for the time above.
    }
  });
}

async function start([glue, wasm, style]) {
  if (!hasWhole()) await painted();
  const compiled = WebAssembly.compileStreaming(fetch(wasm));
  const [app, module] = await Promise.all([import(glue), compiled, dress(style)]);
  await app.default({ module_or_path: module });
  return app;
}

/** Brings the whole app into the browser's cache. */
async function fetchWhole() {
  const answers = await Promise.all(whole.map((address) => fetch(address, { priority: "low" })));
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  const failed = answers.find((answer) => !answer.ok);
  if (failed) throw new Error("the whole app is not there", { cause: failed.status });
  rememberWhole();
}

function rememberWhole() {
  try {
    localStorage.setItem(key, whole[1]);
  } catch {
    // A browser that keeps nothing starts with the small app at each visit.
  }
}

/** Puts the whole app in the place of the small one, which shows that it waits. */
async function takeWhole(small) {
  for (;;) {
    try {
      // First, since a browser may remember for good that an import failed.
      await fetchWhole();
      const [app, module] = await Promise.all([
        import(whole[0]),
        WebAssembly.compileStreaming(fetch(whole[1])),
        dress(whole[2]),
      ]);
      small.stop();
      await app.default({ module_or_path: module });
      return;
    } catch (error) {
      console.error(error);
      // The server has another version by now; its page names the files that are there.
      if (error.cause === 404) return location.reload();
      // Without a network, for one.
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

async function startSmall() {
  let asked = false;
  const asking = new Promise((resolve) => {
    addEventListener("dipper-whole", () => resolve((asked = true)), { once: true });
  });
  const small = await start(first);
  asking.then(() => takeWhole(small));
  const wait = window.requestIdleCallback ?? ((task) => setTimeout(task, 1000));
  setTimeout(() => {
    if (asked || navigator.connection?.saveData) return;
    wait(() => fetchWhole().catch(() => {}));
  }, 2000);
}

// Before the app is there to do it, so that nobody who chose a theme sees the other one first.
try {
  const theme = localStorage.getItem("dipper.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing has no choice of theme either.
}

askEarly().catch(() => {});
const isSmall = first !== whole && isFirstPage(location.pathname) && !hasWhole();
(isSmall ? startSmall() : start(whole).then(rememberWhole)).catch((error) => {
  console.error(error);
  document.documentElement.dataset.boot = "failed";
}).finally(() => {
  // The app takes what it needs at once. What nobody took must not be there for who signs in next.
  setTimeout(() => early.clear(), 3_000);
});
