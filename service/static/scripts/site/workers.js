// The workers, live.

import { watch } from "../api.js";
import { element, find } from "../elements.js";
import { localize } from "../frame.js";
import { _, ngettext } from "../text.js";
import { renew } from "./rows.js";

const EVERY = 2000;
const table = find("#workers");
const nobody = find("#nobody");

watch("/v1/workers", show, { every: EVERY });

function show({ data }) {
  table.hidden = !data.length;
  nobody.hidden = Boolean(data.length);
  renew(find("tbody", table), data.map(row));
  localize(table);
}

function row({ name, draining, busy, slots, devices, gpus, running, started_at: began }) {
  const where = devices.join(", ").toUpperCase();
  return element(
    "tr",
    {},
    element("th", { scope: "row", class: "named" }, name),
    element("td", {}, state(draining, busy)),
    element("td", {}, element("meter", { min: "0", max: slots, value: busy, "aria-hidden": "true" }), " ", _("%(busy)s of %(slots)s", { busy, slots })),
    element("td", {}, where, gpus > 0 && [" (", ngettext("%(num)s GPU", "%(num)s GPUs", gpus), ")"]),
    element("td", {}, runs(running, busy)),
    element("td", {}, element("time", { datetime: began, "data-since": true })),
  );
}

function state(draining, busy) {
  if (draining) return element("span", { class: "status" }, _("ending: takes no more"));
  return busy ? element("span", { class: "status running" }, _("busy")) : element("span", { class: "status succeeded" }, _("free"));
}

function runs(running, busy) {
  if (!running.length) return element("span", { class: "quiet" }, busy ? _("none of yours") : _("nothing"));
  return running.map((id) => [element("a", { href: `/jobs/${id}` }, element("code", {}, id)), " "]);
}
