// The public API, as anybody's program would ask it; the browser sends the session along.

const CSRF = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

// For how many times as long as an answer took nothing is asked.
const PATIENCE = 10;

/** An answer that says what is wrong. `problem` is the body (RFC 9457), `status` 0 if nothing answered. */
export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.error ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    /** `[{pointer, detail, code?, suggestion?}]` */
    this.errors = problem.errors ?? [];
  }
}

/** The JSON at an address. */
export async function get(path, { signal } = {}) {
  return (await ask("GET", path, { signal })).body;
}

/** Sends JSON; what comes back. Nothing comes back from `DELETE`. */
export async function send(method, path, value, { signal, headers = {} } = {}) {
  const body = value === undefined ? undefined : JSON.stringify(value);
  return (await ask(method, path, { signal, body, headers })).body;
}

/**
 * Asks again and again, and tells only news: `watch("/v1/jobs/job_1", show)`.
 * Cheap while nothing changes (ETag), slower while it fails, and at rest while nobody looks at the page.
 * `show(body)` may return `false` to end it, or the milliseconds until the next time; `every` may be a function.
 * Returns `{stop(), now()}`: `now` asks at once.
 */
export function watch(path, show, { every = 1000 } = {}) {
  let etag = null;
  let failures = 0;
  let timer = null;
  let ended = false;
  let asking = false;
  const address = typeof path === "function" ? path : () => path;
  const pace = typeof every === "function" ? every : () => every;

  async function turn() {
    clearTimeout(timer);
    if (ended || asking || document.hidden) return;
    asking = true;
    const began = performance.now();
    let next = pace();
    try {
      const answer = await ask("GET", address(), { etag });
      if (failures) lost(false);
      failures = 0;
      if (answer.body !== null) {
        etag = answer.etag;
        const told = show(answer.body);
        if (told === false) stop();
        else if (typeof told === "number") next = told;
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status >= 400 && error.status < 500 && error.status !== 429) {
        stop();
        if (error.status === 401) location.reload();
        return;
      }
      failures += 1;
      lost(true);
      next = Math.min(15000, 1000 * 2 ** failures);
    } finally {
      asking = false;
    }
    // Where many ask, answers take longer: each page then asks less often, and the service never drowns.
    const patience = Math.min(15000, PATIENCE * (performance.now() - began));
    if (!ended) timer = setTimeout(turn, Math.max(next, patience));
  }

  function stop() {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", turn);
    removeEventListener("online", turn);
  }

  document.addEventListener("visibilitychange", turn);
  addEventListener("online", turn);
  turn();
  return { stop, now: turn };
}

/** Uploads a form with a bar that moves: `progress(sent, all)`. What comes back, as from `send`. */
export function upload(path, form, progress, { signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("X-CSRF-Token", CSRF);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => progress(event.loaded, event.total);
    request.onerror = () => reject(new Problem(0, {}));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status < 300) resolve(body);
      else reject(new Problem(request.status, body ?? {}));
    };
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

async function ask(method, path, { body, etag, signal, headers = {} } = {}) {
  const told = { Accept: "application/json", ...headers };
  if (body !== undefined) told["Content-Type"] = "application/json";
  if (method !== "GET") told["X-CSRF-Token"] = CSRF;
  if (etag) told["If-None-Match"] = etag;
  let answer;
  try {
    answer = await fetch(path, { method, headers: told, body, signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, {});
  }
  if (answer.status === 304) return { body: null, etag };
  const parsed = parse(await answer.text());
  if (!answer.ok) throw new Problem(answer.status, parsed ?? {});
  return { body: parsed, etag: answer.headers.get("ETag") };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Tells the page that the service does not answer, or does again: `frame.js` shows it. */
function lost(is) {
  dispatchEvent(new CustomEvent("connection", { detail: { lost: is } }));
}
