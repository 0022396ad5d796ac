// What every page does: times in the reader's zone, and a word when the service does not answer.

import { find } from "./elements.js";
import { _, since, time } from "./text.js";

/** Times as the server wrote them are in UTC: `<time datetime="…Z">`, with `data-since` as a span. */
export function localize(within = document) {
  for (const node of within.querySelectorAll("time[datetime]")) {
    const at = node.getAttribute("datetime");
    node.textContent = "since" in node.dataset ? since(at) : time(at);
    node.title = time(at);
  }
}

addEventListener("connection", ({ detail }) => {
  const bar = find("#lost");
  bar.hidden = !detail.lost;
  bar.textContent = detail.lost ? _("The service does not answer. What you see may be old; it is asked again.") : "";
});

// A menu closes when one goes on.
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

localize();
setInterval(() => document.hidden || localize(), 30000);
