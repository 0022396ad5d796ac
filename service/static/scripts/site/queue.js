// The queue, live, as long as its beginning is looked at.

import { watch } from "../api.js";
import { element, find } from "../elements.js";
import { localize } from "../frame.js";
import { waiting } from "../jobs/telling.js";
import { renew } from "./rows.js";

const EVERY = 2000;
const LIMIT = 20;
const table = find("#queue");

watch(`/v1/queue?limit=${LIMIT}`, show, { every: EVERY });

function show({ data, has_more: more }) {
  table.hidden = !data.length;
  find("#idle").hidden = Boolean(data.length);
  find("#queue-parts").hidden = !more;
  renew(find("tbody", table), data.map(row));
  localize(table);
}

function row({ id, name, owner, priority, queue, created_at: at }) {
  return element(
    "tr",
    {},
    element("td", { class: "number" }, queue?.position),
    element("th", { scope: "row" }, element("a", { class: "named", href: `/jobs/${id}` }, name)),
    element("td", { class: "named" }, owner),
    element("td", { class: "number" }, priority),
    element("td", {}, element("time", { datetime: at, "data-since": true })),
    element("td", {}, queue?.reason && waiting(queue)),
  );
}
