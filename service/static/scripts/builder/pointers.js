// Places in a document, and changes to it. A document is never changed in place: what stays the same stays the
// same object, so that the parts of the page can tell what is new to them.

/** The path of a JSON pointer (RFC 6901), with or without its `#`: `#/model/layers/3` is `["model", "layers", "3"]`. */
export function path(pointer) {
  const [, ...parts] = pointer.replace(/^#/, "").split("/");
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What is at a place; undefined if there is no such place. */
export function at(document, way) {
  let found = document;
  for (const part of way) {
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, part)) return undefined;
    found = found[part];
  }
  return found;
}

/** The document with something put at a place; objects on the way there are made. Undefined takes away. */
export function put(document, [first, ...rest], value) {
  if (first === undefined) return value;
  const inside = document !== null && typeof document === "object" ? document : {};
  const next = put(Object.hasOwn(inside, first) ? inside[first] : undefined, rest, value);
  if (Array.isArray(inside)) {
    return next === undefined ? inside.toSpliced(Number(first), 1) : inside.with(Number(first), next);
  }
  const { [first]: _gone, ...others } = inside;
  if (next === undefined) return others;
  return Object.hasOwn(inside, first) ? { ...inside, [first]: next } : { ...others, [first]: next };
}

/** The document after a JSON Patch (RFC 6902), as far as suggestions use it: add, remove and replace. */
export function patched(document, patch) {
  return patch.reduce((before, { op, path: pointer, value }) => {
    const way = path(pointer);
    const list = at(before, way.slice(0, -1));
    if (op === "add" && Array.isArray(list)) {
      const place = way.at(-1) === "-" ? list.length : Number(way.at(-1));
      return put(before, way.slice(0, -1), list.toSpliced(place, 0, value));
    }
    return put(before, way, op === "remove" ? undefined : value);
  }, document);
}

/** Whether two values of JSON are the same, in whatever order their members are. */
export function same(one, other) {
  if (one === other) return true;
  if (one === null || other === null || typeof one !== "object" || typeof other !== "object") return false;
  const names = Object.keys(one);
  if (Array.isArray(one) !== Array.isArray(other) || names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]));
}

/** Whether it is an object with members. */
export function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
