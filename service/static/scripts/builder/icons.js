// Buttons that are a sign: what they do is told by their name.

import { element, shape } from "../elements.js";

const SIGNS = {
  up: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  down: "M8 3v10M3.5 8.5 8 13l4.5-4.5",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  remove: "M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4",
  add: "M8 3v10M3 8h10",
  undo: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M6 3 2.5 6.5 6 10",
  redo: "M13 6.5H6.5a3.5 3.5 0 0 0 0 7H10M10 3l3.5 3.5L10 10",
  open: "M6 3.5 10.5 8 6 12.5",
};

/** A drawing of one of the signs. */
export function sign(name) {
  return shape("svg", { viewBox: "0 0 16 16", class: "sign", "aria-hidden": "true" }, shape("path", { d: SIGNS[name] }));
}

/** A button with a sign alone, called `label`. */
export function signButton(name, label, onclick) {
  return element("button", { type: "button", class: "plain icon", "aria-label": label, title: label, onclick }, sign(name));
}

/** Says that a button can do nothing now, and leaves the focus on it. */
export function able(button, is) {
  if (is) button.removeAttribute("aria-disabled");
  else button.setAttribute("aria-disabled", "true");
}
