// The list of jobs, live.

import { watch } from "../api.js";
import { element, fill, find } from "../elements.js";
import { _ } from "../text.js";
import { cells } from "./rows.js";

const EVERY = 2000;
const table = find("#jobs");
const body = find("tbody", table);
const rows = new Map([...body.rows].map((row) => [row.dataset.job, row]));
// What each row shows: most rows are what they were.
const shown = new Map();
const names = new Map([...rows].map(([id, row]) => [id, find("a.named", row).textContent]));

const query = new URLSearchParams([...new URLSearchParams(location.search)].filter(([, value]) => value));
query.set("limit", table.dataset.limit);

watch(`/v1/jobs?${query}`, ({ data }) => {
  for (const id of rows.keys()) if (!data.some((job) => job.id === id)) remove(id);
  data.forEach((job, place) => {
    const row = rows.get(job.id) ?? add(job.id);
    update(row, job);
    if (body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
  });
  find("#none").hidden = data.length > 0;
}, { every: EVERY });

watch("/v1/workers", ({ data }) => fill(find("#workers"), data.length ? data.map(worker) : nobody()), { every: EVERY });

function add(id) {
  const row = element("tr", { "data-job": id });
  rows.set(id, row);
  return row;
}

function remove(id) {
  rows.get(id).remove();
  rows.delete(id);
  shown.delete(id);
}

/** Changes the cells that differ: a box stays ticked, and what has the focus keeps it. */
function update(row, job) {
  const told = JSON.stringify(job);
  if (shown.get(job.id) === told) return;
  shown.set(job.id, told);
  names.set(job.id, job.name);
  const fresh = cells(job);
  if (!row.cells.length) row.append(...fresh);
  else fresh.slice(1).forEach((cell, n) => replace(row.cells[n + 1], cell));
}

function replace(cell, fresh) {
  if (cell.isEqualNode(fresh)) return;
  const place = [...cell.querySelectorAll("a")].indexOf(document.activeElement);
  cell.replaceWith(fresh);
  fresh.querySelectorAll("a")[place]?.focus();
}

function worker({ name, slots, busy, running }) {
  return element("p", { class: "worker" },
    element("span", { class: "named" }, name), " ",
    element("span", { class: "quiet" }, _("%(busy)s of %(slots)s places busy", { busy, slots })),
    running.map((id) => [" ", element("a", { class: "named", href: `/jobs/${id}` }, names.get(id) ?? id)]));
}

function nobody() {
  return element("p", { class: "note warn" }, _("No worker is there: jobs wait until one is."));
}
