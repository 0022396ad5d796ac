// The class, as it goes on: whether there is news, and how far a regrade is.

import { watch } from "../api.js";
import { find } from "../elements.js";
import { _, whole } from "../text.js";

const EVERY = 5000;
const LIMIT = 1000;
const table = document.querySelector("#class");

if (table) {
  const path = `/v1/assignments/${table.dataset.assignment}`;
  let known = null;
  // The table is sorted, and somebody may be reading it: news is told, and not put in its place.
  watch(`${path}/grades?limit=${LIMIT}`, ({ data }) => {
    const now = JSON.stringify(data.map(({ user, score, submissions }) => [user, score, submissions]));
    known ??= now;
    if (now !== known) find("#news").hidden = false;
  }, { every: EVERY });
  watch(`${path}/regrade`, regrade, { every: EVERY });
}

function regrade({ queued, running, succeeded, failed, cancelled }) {
  const all = queued + running + succeeded + failed + cancelled;
  find("#regrading").hidden = !all;
  const values = { done: whole(succeeded), all: whole(all), running: whole(running), failed: whole(failed) };
  find("#regrade-told").textContent = _("The latest: %(done)s of %(all)s done, %(running)s running, %(failed)s failed.", values);
  const bar = find("#regrading progress");
  bar.max = all || 1;
  bar.value = all - queued - running;
}
