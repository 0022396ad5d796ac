// Choosing a layer: all that there are, by Keras's groups, each with a sentence; a search; the keyboard.

import { element, fill } from "../elements.js";
import { _, ngettext } from "../text.js";
import { groupName, prose } from "./words.js";

const ORDER = [
  "core", "convolutional", "pooling", "recurrent", "regularization", "normalization", "activations", "reshaping",
  "merging", "attention", "preprocessing",
];

/** Asks which layer; its type, or null. `offered` are entries of the catalogue. */
export function choose(offered) {
  return new Promise((resolve) => {
    let chosen = null;
    const results = element("div", { class: "offers" });
    const found = element("p", { class: "quiet", role: "status" });
    const search = element("input", { type: "search", id: "layer-search", autocomplete: "off", spellcheck: "false" });
    const dialog = element(
      "dialog",
      { class: "adding", "aria-labelledby": "adding-title" },
      element(
        "div",
        { class: "row apart" },
        element("h2", { id: "adding-title" }, _("Add a layer")),
        element("button", { type: "button", onclick: () => dialog.close() }, _("Cancel")),
      ),
      element("div", { class: "field" }, element("label", { for: search.id }, _("Search")), search),
      found,
      results,
    );
    const take = (type) => {
      chosen = type;
      dialog.close();
    };
    const show = () => {
      const fitting = matching(offered, search.value);
      found.textContent = ngettext("%(num)s layer", "%(num)s layers", fitting.length);
      fill(results, groups(fitting, take));
    };
    search.addEventListener("input", show);
    dialog.addEventListener("keydown", (event) => walk(event, dialog, search, take));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(chosen);
    });
    document.body.append(dialog);
    show();
    dialog.showModal();
    search.focus();
  });
}

function matching(offered, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isIn = (entry) => `${entry.type} ${entry.group} ${groupName(entry.group)} ${entry.description}`.toLowerCase();
  const fitting = offered.filter((entry) => words.every((word) => isIn(entry).includes(word)));
  // What is called so comes before what is only described so.
  const rank = ({ type, group }) => (words.length && type.toLowerCase().startsWith(words[0]) ? 0 : 100) + ORDER.indexOf(group);
  return fitting.sort((one, other) => rank(one) - rank(other));
}

function groups(fitting, take) {
  const known = [...new Set(fitting.map((entry) => entry.group))];
  return known.map((group) => element(
    "section",
    {},
    element("h3", {}, groupName(group)),
    fitting.filter((entry) => entry.group === group).map((entry) => element(
      "button",
      { type: "button", class: "offer", onclick: () => take(entry.type) },
      element("strong", {}, entry.type),
      element("span", { class: "quiet", lang: "en" }, prose(entry.description)),
    )),
  ));
}

/** The arrows go from one to the next; Enter in the search takes the first. */
function walk(event, dialog, search, take) {
  const offers = [...dialog.querySelectorAll(".offer")];
  const here = offers.indexOf(document.activeElement);
  if (event.key === "Enter" && document.activeElement === search && offers.length) take(offers[0].firstChild.textContent);
  else if (event.key === "ArrowDown") offers[Math.min(here + 1, offers.length - 1)]?.focus();
  else if (event.key === "ArrowUp") (offers[here - 1] ?? search).focus();
  else return;
  event.preventDefault();
}
