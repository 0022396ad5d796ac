// A text, as it would be in the data set.

import { element } from "../elements.js";
import { _, whole } from "../text.js";
import { keyOf } from "./fields.js";

let count = 0;

/** The field of a part that is a text. */
export function textField(part, preview, changed) {
  count += 1;
  const id = `text-${count}`;
  const area = element("textarea", { id, rows: "4", oninput: changed, "aria-describedby": `${id}-hint` });
  const known = preview.rows[0]?.[keyOf(part)];
  if (typeof known === "string") area.value = known;
  return {
    node: element(
      "div",
      { class: "field" },
      element("label", { for: id }, _("Text")),
      area,
      element(
        "p",
        { class: "hint", id: `${id}-hint` },
        _("It reads the first %(count)s words, and knows %(words)s; others are all the same to it.", {
          count: whole(part.shape[0]),
          words: whole(part.vocabulary_size),
        }),
      ),
    ),
    value: () => (area.value.trim() ? area.value : undefined),
    take: (cell) => {
      area.value = cell ?? "";
    },
  };
}
