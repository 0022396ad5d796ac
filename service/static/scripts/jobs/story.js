// A job's story as it goes on: asked for piece by piece, each piece once, in order, whatever breaks meanwhile.

import { Problem, get, watch } from "../api.js";

const PART = 1000;
const AGAIN = 2000;
const FAR = 5;

/** Whether nothing more happens to a job. */
export function ended(job) {
  return job.status !== "queued" && job.status !== "running";
}

/**
 * Follows a job until it has ended and all is told: `follow(id, {epochs: 0, lines: 0}, {job, epochs, lines})`.
 * The numbers say what is known already, and are kept up to date. The listeners get the job whenever it has
 * changed, and what is new of the others; one that is left out is not asked for. Returns `{now()}`, which asks
 * at once.
 */
export function follow(id, seen, { job: told, ...parts }) {
  const path = `/v1/jobs/${id}`;
  let latest = null;
  let busy = false;

  const watching = watch(path, show, { every: () => pace(latest) });

  function show(job) {
    latest = job;
    told?.(job);
    catchUp();
    return ended(job) ? false : undefined;
  }

  /** Asks for what the job says that there is, until it is there. */
  async function catchUp() {
    if (busy) return;
    busy = true;
    try {
      if (parts.epochs) await bring("epochs", "epochs", "epoch");
      if (parts.lines) await bring("lines", "logs", "number");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Not known any more, or not ours: nothing will change that.
      if (error.status < 400 || error.status >= 500 || error.status === 429) setTimeout(catchUp, AGAIN);
    } finally {
      busy = false;
    }
  }

  async function bring(part, address, number) {
    while (latest.story[part] > seen[part]) {
      const pages = [];
      // What is known to be there is asked for at once, however much it is.
      for (let after = seen[part]; after < latest.story[part]; after += PART) {
        pages.push(get(`${path}/${address}?after=${after}&limit=${PART}`));
      }
      const found = (await Promise.all(pages)).flatMap((page) => page.data);
      const fresh = found.filter((one) => one[number] > seen[part]);
      if (!fresh.length) return;
      seen[part] = fresh.at(-1)[number];
      parts[part](fresh);
    }
  }

  return { now: watching.now };
}

/** How often a job is asked for: what waits behind many others, or takes long, is not news every second. */
function pace(job) {
  if (job?.status === "queued") return job.queue?.position > FAR ? 5000 : 2000;
  const left = job?.progress?.eta_seconds ?? 0;
  return Math.min(3000, Math.max(1000, (1000 * left) / 60));
}

/** Draws soon, but no more often than twice a second, and only when the browser draws. */
export function batched(draw, least = 500) {
  let asked = false;
  let last = -least;
  return () => {
    if (asked) return;
    asked = true;
    const wait = Math.max(0, last + least - performance.now());
    setTimeout(() => requestAnimationFrame(() => {
      asked = false;
      last = performance.now();
      draw();
    }), wait);
  };
}
