// What the data set has to try: its first rows, or some of its pictures.

import { element } from "../elements.js";
import { _ } from "../text.js";
import { isPicture } from "./drawing.js";

/**
 * Buttons that put a row of the data set into the fields: `take(cells, truth)`. Nothing if there is none.
 */
export function offers(version, parts, preview, take) {
  if (parts.length === 1 && isPicture(parts[0])) return pictures(preview.thumbnails, take);
  return rows(version.questions, preview.rows, take);
}

/** A button beside each picture that was mistaken, which puts it into the field: `take(cells, truth)`. */
export function offerMistakes(parts, take) {
  if (parts.length > 1 || !isPicture(parts[0])) return;
  for (const one of document.querySelectorAll(".mistakes li:has(img)")) {
    const { src: address } = one.querySelector("img");
    const go = () => {
      take({ x: { address } }, one.dataset.actual ?? null);
      document.querySelector("#try-title").scrollIntoView();
    };
    one.lastElementChild.append(element("button", { type: "button", class: "plain", onclick: go }, _("Try it")));
  }
}

function rows(questions, found, take) {
  if (!found.length) return null;
  let at = 0;
  const place = element("span", { class: "quiet" });
  const go = (step) => {
    at = (at + step + found.length) % found.length;
    place.textContent = _("row %(n)s of %(all)s", { n: at + 1, all: found.length });
    const row = found[at];
    const known = questions.map(({ called }) => row[called]).filter((cell) => cell !== undefined && cell !== null);
    take(row, known.length ? known.map(told).join(", ") : null);
  };
  return element(
    "div",
    { class: "row" },
    element("button", { type: "button", onclick: () => go(-1) }, "←", " ", _("Row before")),
    element("button", { type: "button", onclick: () => go(1) }, _("Another row of the data set"), " →"),
    place,
  );
}

function told(cell) {
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

function pictures(thumbnails, take) {
  if (!thumbnails.length) return null;
  return element(
    "details",
    {},
    element("summary", {}, _("Take a picture of the data set")),
    element(
      "div",
      { class: "row thumbnails" },
      thumbnails.map(({ class: name, png_base64: png, row }) => {
        const label = name === null ? _("Row %(n)s", { n: row }) : _("Row %(n)s: %(name)s", { n: row, name: short(name) });
        const address = `data:image/png;base64,${png}`;
        return element(
          "button",
          { type: "button", class: "plain", title: label, onclick: () => take({ x: { address } }, name) },
          element("img", { class: "pixels", src: address, alt: label, width: "40", height: "40" }),
        );
      }),
    ),
  );
}

function short(text) {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
