// A row of a table: a field for each column, with the data set's own numbers as hints.

import { element } from "../elements.js";
import { _, number } from "../text.js";

// Values of a category that a list has; of more, one types one.
const MOST_OPTIONS = 200;
const OPEN = 24;
let count = 0;

/** The fields of a table's columns. */
export function rowField(columns, preview, changed) {
  const statistics = new Map(preview.columns.map((column) => [column.name, column]));
  const first = preview.rows[0] ?? {};
  const made = columns.map((column) => cellField(column, statistics.get(column.name), changed));
  made.forEach((field, at) => field.put(first[columns[at].name] ?? usual(columns[at])));
  const grid = (some) => element("div", { class: "columns" }, some.map((field) => field.node));
  return {
    node: element(
      "div",
      { class: "stack" },
      grid(made.slice(0, OPEN)),
      made.length > OPEN &&
        element("details", {}, element("summary", {}, _("%(n)s more columns", { n: made.length - OPEN })), grid(made.slice(OPEN))),
    ),
    // What is not filled in is missing, as it may be in the data set.
    value: () => Object.fromEntries(made.map((field, at) => [columns[at].name, field.value()])),
    take: (cells) => made.forEach((field, at) => field.put(cells[columns[at].name] ?? null)),
  };
}

function cellField(column, known, changed) {
  count += 1;
  const id = `column-${count}`;
  const input = column.kind === "number" ? numeric(id, changed) : category(id, column, changed);
  return {
    node: element(
      "div",
      { class: "field" },
      element("label", { for: id, class: "named" }, short(column.name)),
      input,
      element("p", { class: "hint", id: `${id}-hint` }, hint(column, known)),
    ),
    value: () => {
      if (input.value === "") return null;
      return column.kind === "number" ? Number(input.value) : input.value;
    },
    put: (cell) => {
      if (input.tagName === "SELECT") choose(input, cell);
      else input.value = cell ?? "";
    },
  };
}

function numeric(id, changed) {
  return element("input", { id, type: "number", step: "any", autocomplete: "off", oninput: changed, "aria-describedby": `${id}-hint` });
}

function category(id, { values }, changed) {
  const more = { id, oninput: changed, "aria-describedby": `${id}-hint` };
  if (values.length > MOST_OPTIONS) return element("input", { ...more, autocomplete: "off" });
  return element(
    "select",
    more,
    element("option", { value: "" }, _("(missing)")),
    values.map((value) => element("option", { value }, short(value))),
  );
}

/** A value that the network does not know is a choice of its own. */
function choose(select, cell) {
  const value = cell === null || cell === undefined ? "" : String(cell);
  if (![...select.options].some((option) => option.value === value)) select.append(element("option", { value }, short(value)));
  select.value = value;
}

function hint(column, known) {
  if (column.kind === "category") return _("one of %(n)s", { n: column.values.length });
  if (known?.kind === "number" && known.min !== null) {
    return _("from %(min)s to %(max)s, mostly about %(mean)s", {
      min: number(known.min),
      max: number(known.max),
      mean: number(known.quantiles?.["0.5"] ?? known.mean),
    });
  }
  return _("mostly about %(mean)s", { mean: number(column.mean) });
}

function usual(column) {
  return column.kind === "category" ? column.values[0] : Number(column.mean.toPrecision(4));
}

function short(text) {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
