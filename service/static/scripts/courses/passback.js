// A grade on its way to the learning platform, until it is there.

import { watch } from "../api.js";
import { element, fill, find } from "../elements.js";
import { when } from "../jobs/telling.js";
import { _ } from "../text.js";

const SOON = 3000;
let watching = null;

/** If the page was written while the grade was under way, follows it: `path` is the assignment's. */
export function delivering(path) {
  const place = document.querySelector('[data-live="passback"]');
  if (place?.dataset.status === "waiting") follow(path);
}

/** Shows how far it is, and follows it if it is not there yet; nothing where there is no platform. */
export function deliver(passback, path) {
  const place = find('[data-live="passback"]');
  place.hidden = !passback;
  if (!passback) return;
  if (place.dataset.status !== passback.status) fill(find("dd", place), told(passback));
  place.dataset.status = passback.status;
  if (passback.status === "waiting") follow(path);
}

function follow(path) {
  watching ??= watch(path, ({ mine }) => {
    const waits = mine?.passback?.status === "waiting";
    if (!waits) watching = null;
    if (mine) deliver(mine.passback, path);
    return waits;
  }, { every: SOON });
}

function told({ status, delivered_at: at }) {
  const label = (word, text) => element("span", { class: `status ${word}` }, text);
  const say = (text) => element("span", { class: "quiet" }, text);
  if (status === "delivered") return [label("succeeded", _("in the gradebook")), " ", at && when(at)];
  if (status === "refused") {
    return [label("failed", _("not taken")), " ", say(_("Your learning platform did not take the grade. It is kept here, and your teacher can send it again."))];
  }
  return [label("", _("on its way")), " ", say(_("It is sent to your learning platform, and again until it is there."))];
}
