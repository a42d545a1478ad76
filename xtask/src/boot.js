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

/** Asks for what a board needs while the app is still on its way. */
async function askEarly() {
  const at = /^\/(?:board(?:\/([\w-]+))?)?$/.exec(location.pathname);
  if (!at) return;
  const keep = (path, asked) => {
    asked.catch(() => early.delete(api + path));
    early.set(api + path, asked);
    return asked;
  };
  const me = await keep("/me", whoIsThere());
  if (!me.ok) return;
  const get = (path) => keep(path, fetch(api + path));
  get("/funnels?limit=200");
  let funnel = at[1];
  try {
    funnel ??= localStorage.getItem("dipper.board.funnel");
  } catch {
    // A browser that keeps nothing opens the first funnel, whichever that is.
  }
  if (!funnel || location.search) return;
  get(`/funnels/${funnel}/board`);
  get(`/views?funnel_id=${funnel}&limit=200`);
}

/** Adds the styles of the pages that only the whole app has. They stay. */
function dress(style) {
  if (!style || document.querySelector(`link[href="${style}"]`)) return;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      reject(new Error("the styles are not there"));
    };
    document.head.append(link);
  });
}

async function start([glue, wasm, style]) {
  const module = fetch(wasm);
  const [app] = await Promise.all([import(glue), dress(style)]);
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
