// Elements of a page. What is put in is always text, whatever it looks like: there is no way to pass markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element: `element("button", {class: "plain", onclick: go}, "Go")`.
 * A value of `true` is an attribute without one, `false`, `null` and `undefined` are none; `on…` are listeners;
 * other values are attributes. Children are nodes, texts, numbers, or lists of those; null and false are left out.
 */
export function element(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** The same for pictures in SVG. */
export function shape(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

/** Puts children in the place of what is there. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(present).map(asNode));
  return node;
}

/** The one element for a selector; an error if there is none, as a page and its script belong together. */
export function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

/** What the server put into the page for its script: `<script type="application/json" id=…>`. */
export function given(id) {
  return JSON.parse(find(`#${id}`).textContent);
}

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (present(value)) node.setAttribute(name, value);
  }
  return children.length ? fill(node, ...children) : node;
}

function present(value) {
  return value !== null && value !== undefined && value !== false;
}

function asNode(value) {
  return value instanceof Node ? value : document.createTextNode(String(value));
}
