// What kind of field an argument needs, by its JSON schema in the catalogue.

const NUMBERS = ["integer", "number"];

/**
 * `{kind, options?, whole?, least?, most?, nullable, fallback, required}` of an argument. `kind` is `flag`,
 * `choice` (of `options`), `number`, `list` (of numbers, or one number), `part` (a layer inside) or `json`.
 */
export function kindOf(schema, required) {
  const alternatives = [schema, ...(schema.anyOf ?? []).flatMap((one) => [one, ...(one.anyOf ?? [])])];
  const nullable = alternatives.some((one) => one.type === "null");
  const described = { nullable, required, fallback: schema.default, family: familyOf(schema) };
  return { ...described, ...shapeOf(alternatives, described) };
}

/** What stands in a field of that kind while nothing is said: the default. */
export function fallback({ fallback: value }) {
  if (value === undefined || value === null) return "";
  return value.type ?? value;
}

function shapeOf(alternatives, { family }) {
  if (family === "layer") return { kind: "part", options: typesOf(alternatives) };
  const choice = alternatives.find((one) => one.enum);
  if (choice) return { kind: "choice", options: distinct(choice.enum), bare: alternatives.some((one) => one.properties?.type) };
  if (family) return { kind: "json" };
  if (alternatives.some((one) => one.type === "boolean")) return { kind: "flag" };
  const list = alternatives.find((one) => one.type === "array");
  const number = alternatives.find((one) => NUMBERS.includes(one.type));
  if (list && plain(list)) return { kind: "list", ...rangeOf(number ?? list.items ?? list.prefixItems[0]), ...lengthOf(list, number) };
  if (number && !list) return { kind: "number", ...rangeOf(number) };
  return alternatives.some((one) => one.type === "string") ? { kind: "text" } : { kind: "json" };
}

function familyOf(schema) {
  return schema["x-family"] ?? schema.anyOf?.find((one) => one["x-family"])?.["x-family"];
}

/** The types that a layer inside may have; none where any may be. */
function typesOf(alternatives) {
  return alternatives.find((one) => one.properties?.type?.enum)?.properties.type.enum ?? null;
}

/** Other spellings of the same name are left out: `L2` of `L2` and `l2`, `HeNormal` of `he_normal`. */
function distinct(names) {
  const seen = new Set();
  return names.filter((name) => {
    if (name === null) return false;
    const key = String(name).toLowerCase().replaceAll("_", "");
    return !seen.has(key) && seen.add(key);
  });
}

function plain(list) {
  return (list.prefixItems ?? [list.items ?? {}]).every((item) => NUMBERS.includes(item.type));
}

function rangeOf({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  return { whole: type === "integer", least: minimum, most: maximum, above: exclusiveMinimum, below: exclusiveMaximum };
}

function lengthOf({ minItems, maxItems }, number) {
  return { alone: Boolean(number), length: minItems !== undefined && minItems === maxItems ? minItems : null };
}
