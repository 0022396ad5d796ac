// Several views in one place, of which one is seen.

import { element } from "../elements.js";

let count = 0;

/** Tabs for `[[label, node], …]`; the arrows go from one to the next. */
export function tabs(label, views) {
  count += 1;
  const buttons = views.map(([name], index) => element(
    "button",
    { type: "button", role: "tab", id: `tab-${count}-${index}`, "aria-controls": `panel-${count}-${index}`, onclick: () => open(index) },
    name,
  ));
  const panels = views.map(([, node], index) => element(
    "div",
    { role: "tabpanel", id: `panel-${count}-${index}`, "aria-labelledby": `tab-${count}-${index}` },
    node,
  ));
  const list = element("div", { class: "tabs", role: "tablist", "aria-label": label }, buttons);
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = (buttons.indexOf(document.activeElement) + by + buttons.length) % buttons.length;
    open(next);
    buttons[next].focus();
    event.preventDefault();
  });

  function open(shown) {
    buttons.forEach((button, index) => {
      button.setAttribute("aria-selected", String(index === shown));
      button.tabIndex = index === shown ? 0 : -1;
      panels[index].hidden = index !== shown;
    });
  }

  open(0);
  return { node: element("div", { class: "stack" }, list, panels), open };
}
