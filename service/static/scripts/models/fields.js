// A field for each part of a row, fitted to what the part is.
//
// A field is `{node, value(), take(cell), begin?()}`: `value` is what a prediction takes, `undefined` while it is not
// there; `take` puts in what stood in a row of the data set; `begin` is called once the field is on the page.

import { drawingField, isPicture } from "./drawing.js";
import { numbersField } from "./numbers.js";
import { rowField } from "./row.js";
import { textField } from "./text_field.js";

/** The field of a part; `changed` is called whenever its value is another. */
export function fieldFor(part, preview, changed) {
  if (part.columns) return rowField(part.columns, preview, changed);
  if (part.vocabulary_size !== undefined) return textField(part, preview, changed);
  if (isPicture(part)) return drawingField(part, preview, changed);
  return numbersField(part, preview, changed);
}

/** What a row calls a part. */
export function keyOf(part) {
  return part.column ?? part.name ?? "x";
}
