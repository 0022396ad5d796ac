// Numbers without names: a vector, or lists of lists.

import { element } from "../elements.js";
import { _ } from "../text.js";
import { nest } from "./pixels.js";

// What is larger is no thing to type; it begins empty.
const MOST = 4096;
let count = 0;

/** The field of a part that is an array. */
export function numbersField(part, preview, changed) {
  count += 1;
  const id = `numbers-${count}`;
  const sizes = part.raw_shape ?? part.shape;
  const all = sizes.reduce((one, other) => one * other, 1);
  const wrong = element("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
  const area = element("textarea", {
    id,
    class: "code",
    rows: String(Math.min(12, 2 + Math.ceil(all / 8))),
    spellcheck: "false",
    oninput: changed,
    "aria-describedby": `${id}-hint ${id}-wrong`,
  });

  function put(cell) {
    area.value = Array.isArray(cell) ? cell.flat(Infinity).join(", ") : "";
  }

  put(example(part, preview, sizes, all));
  return {
    node: element(
      "div",
      { class: "field" },
      element("label", { for: id }, _("Numbers")),
      area,
      element("p", { class: "hint", id: `${id}-hint` }, hint(sizes, all)),
      wrong,
    ),
    value: () => {
      const numbers = parse(area.value);
      const fits = numbers.length === all && numbers.every(Number.isFinite);
      const whole = part.dtype !== "int32" || numbers.every(Number.isInteger);
      wrong.hidden = fits && whole;
      wrong.textContent = fits
        ? _("Only whole numbers are taken here.")
        : _("There are %(count)s numbers here, and %(all)s are needed.", { count: numbers.filter(Number.isFinite).length, all });
      area.setAttribute("aria-invalid", String(!wrong.hidden));
      return wrong.hidden ? nest(numbers, sizes) : undefined;
    },
    take: put,
  };
}

function example(part, preview, sizes, all) {
  const known = preview.rows[0]?.[part.name ?? "x"];
  if (Array.isArray(known)) return known;
  return all <= MOST ? Array(all).fill(0) : null;
}

/** Numbers however they are set apart: by commas, blanks, lines or brackets. */
function parse(text) {
  return text.split(/[\s,;[\]]+/).filter(Boolean).map(Number);
}

function hint(sizes, all) {
  const plain = _("%(all)s numbers, set apart by commas or blanks.", { all });
  if (sizes.length < 2) return plain;
  const rows = _("They are read row by row, as %(shape)s.", { shape: sizes.join(" × ") });
  return `${plain} ${rows}`;
}
