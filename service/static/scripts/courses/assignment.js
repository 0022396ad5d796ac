// An assignment's page, live: the runs that still go on, what is left, and the score.

import { get, Problem, watch } from "../api.js";
import { find } from "../elements.js";
import { ended } from "../jobs/story.js";
import { status } from "../jobs/telling.js";
import { _, number, whole } from "../text.js";
import { redraw } from "./board.js";
import { deliver, delivering } from "./passback.js";

const page = find("#assignment");
const path = `/v1/assignments/${page.dataset.assignment}`;
// While something goes on, and while nothing does.
const SOON = 2000;
const SELDOM = 60000;
const rows = new Map([...page.querySelectorAll("[data-run]")].map((row) => [row.dataset.run, row]));
let busy = true;
let last = null;

// A teacher's list would be the whole class's.
const asked = new URLSearchParams({ limit: Math.max(1, rows.size), ...(page.dataset.user && { user: page.dataset.user }) });

// An earlier part of the list is over and done with.
if (!page.dataset.after) watch(`${path}/submissions?${asked}`, show, { every: () => (busy ? SOON : SELDOM) });

delivering(path);

async function show({ data }) {
  busy = data.some((run) => !ended(run));
  const newer = data.some(({ id }) => !rows.has(id));
  if (newer) find("#newer").hidden = false;
  for (const run of data) if (rows.has(run.id)) told(rows.get(run.id), run);
  const state = data.map(({ id, status: word, score }) => `${id} ${word} ${score}`).join("\n");
  if (last !== null && state !== last) await stand(data);
  last = state;
}

function told(row, run) {
  const word = row.querySelector('[data-cell="status"]');
  word.className = `status ${run.status}`;
  if (word.textContent !== status(run.status)) word.textContent = status(run.status);
  row.querySelector('[data-cell="score"]').textContent = number(run.score);
}

/** What has changed for the student, when one of the runs has. */
async function stand(runs) {
  try {
    await redraw(path);
    const { mine } = await get(path);
    if (!mine) return;
    find('[data-live="score"]').textContent = number(mine.score);
    const penalty = find('[data-live="penalty"]');
    penalty.hidden = !mine.penalty;
    penalty.textContent = _("%(points)s taken off", { points: number(mine.penalty) });
    find('[data-live="attempts"]').textContent = attempts(mine.attempts);
    for (const run of runs) counts(rows.get(run.id), run, mine);
    deliver(mine.passback, path);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

function counts(row, { id, score }, mine) {
  const word = row?.querySelector('[data-cell="counts"]');
  if (!word) return;
  word.hidden = mine.submission !== id;
  const choose = row.querySelector('[data-cell="choose"]');
  if (choose) choose.hidden = mine.submission === id || score === null;
}

function attempts({ left, total, left_today: today, per_day: daily }) {
  if (today === null) return _("as many as you like");
  if (daily === null) return _("%(left)s of %(most)s left", { left: whole(left), most: whole(total) });
  const told = [_("%(left)s of %(most)s left today", { left: whole(today), most: whole(daily) })];
  if (left !== null) told.push(_("%(left)s of %(most)s in all", { left: whole(left), most: whole(total) }));
  return told.join(", ");
}
