// The leaderboard, as it is now: what `templates/assignments/show.html` writes of it.

import { get } from "../api.js";
import { element, fill } from "../elements.js";
import { when } from "../jobs/telling.js";
import { _, number, whole } from "../text.js";

/** Writes its rows anew, where it is shown; `path` is the assignment's. */
export async function redraw(path) {
  const body = document.querySelector("#board");
  if (body) fill(body, (await get(`${path}/leaderboard`)).data.map(row));
}

function row({ place, name, score, own, baseline, arrived_at: at }) {
  const aside = own ? element("strong", {}, `(${_("you")})`) : baseline && element("span", { class: "quiet" }, `(${_("to compare with")})`);
  return element("tr", { class: own && "own" },
    element("td", { class: "number" }, whole(place)),
    element("th", { scope: "row" }, element("span", { class: "named" }, name), " ", aside),
    element("td", { class: "number" }, number(score)),
    element("td", { class: "extra" }, when(at)));
}
