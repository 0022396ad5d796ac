// What a version says: bars of probabilities, numbers, a picture.

import { element, fill, shape } from "../elements.js";
import { _, number, percent } from "../text.js";
import { paint } from "./pixels.js";

// More classes than these are not looked at; the likeliest are.
const MOST = 12;
// Who listens is told when the answer has come to rest, not while it moves.
const REST = 700;

/** `new Answers(questions)`: its `node` shows what is answered to each. */
export class Answers {
  #questions;
  #shown;
  #status = element("p", { class: "wrong", hidden: true });
  #truth = element("p", { class: "note", hidden: true });
  #spoken = element("p", { class: "unseen", role: "status" });
  #timer = null;

  constructor(questions) {
    this.#questions = questions;
    this.#shown = questions.map(() => element("div", { class: "answer" }));
    const named = questions.length > 1;
    this.node = element(
      "div",
      { class: "stack answers", "aria-busy": "false" },
      element("h3", {}, _("What it says")),
      this.#status,
      questions.map((one, at) => [
        named && element("h4", { class: "named" }, short(one.called || one.name)),
        this.#shown[at],
      ]),
      this.#truth,
      this.#spoken,
    );
    this.rest();
  }

  /** Nothing is asked. */
  rest() {
    this.#status.hidden = true;
    for (const node of this.#shown) fill(node, element("p", { class: "quiet" }, _("Nothing yet.")));
    this.#say("");
  }

  /** What was answered to each question. */
  show(told) {
    this.#status.hidden = true;
    told.forEach((value, at) => draw(this.#shown[at], this.#questions[at], value));
    this.#say(told.map((value, at) => sentence(this.#questions[at], value)).join(" "));
  }

  /** Why there is no answer. */
  refuse(sentence) {
    this.#status.hidden = false;
    fill(this.#status, sentence);
    this.#say(sentence);
  }

  /** What the data set itself says of the row; null for a row that is not from there. */
  compare(truth) {
    this.#truth.hidden = truth === null;
    if (truth !== null) fill(this.#truth, _("The data set says:"), " ", element("strong", { class: "named" }, short(truth)));
  }

  #say(sentence) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => fill(this.#spoken, sentence), REST);
  }
}

function draw(node, question, value) {
  if (question.verb === "classify") bars(node, question, value);
  else if (question.verb === "regress") {
    fill(node, element("p", { class: "single" }, element("strong", {}, number(value)), " ", element("span", { class: "named quiet" }, short(question.called))));
  } else if (isPicture(question)) picture(node, question, value);
  else if (question.names.length && Array.isArray(value)) list(node, question.names, value);
  else fill(node, element("pre", { tabindex: "0" }, JSON.stringify(value)));
}

/** Bars stay where they are while there are few, so that one sees them move. */
function bars(node, question, chances) {
  const likeliest = [...chances].sort((one, other) => other[1] - one[1]);
  const shown = chances.length > MOST ? likeliest.slice(0, MOST) : chances;
  const best = question.kind === "class" ? likeliest[0][0] : null;
  fill(
    node,
    element(
      "table",
      { class: "bars" },
      element("caption", { class: "unseen" }, _("Probabilities")),
      element("tbody", {}, shown.map(([name, chance]) => bar(name, chance, name === best))),
    ),
    chances.length > MOST && element("p", { class: "quiet" }, _("The likeliest %(n)s of %(all)s.", { n: MOST, all: chances.length })),
  );
}

function bar(name, chance, best) {
  const width = `${Math.round(1000 * Math.min(1, Math.max(0, chance ?? 0))) / 10}%`;
  return element(
    "tr",
    { class: best && "best" },
    element("th", { scope: "row", class: "named" }, short(name)),
    element("td", { class: "bar-cell" }, shape("svg", { class: "chance", "aria-hidden": "true" }, shape("rect", { width, height: "100%" }))),
    element("td", { class: "number" }, percent(chance)),
  );
}

function list(node, names, values) {
  fill(
    node,
    element(
      "table",
      {},
      element("tbody", {}, names.map((name, at) => element("tr", {}, element("th", { scope: "row", class: "named" }, short(name)), element("td", { class: "number" }, number(values[at]))))),
    ),
  );
}

function isPicture({ kind, shape: sizes }) {
  return kind === "reconstruction" && sizes.length === 3 && [1, 3].includes(sizes[2]);
}

function picture(node, { shape: [height, width] }, value) {
  let canvas = node.querySelector("canvas");
  if (!canvas) {
    canvas = element("canvas", { class: "pixels", width, height, role: "img", "aria-label": _("What the network made of it") });
    fill(node, canvas);
  }
  paint(canvas, value.flat(2));
}

function sentence(question, value) {
  const called = short(question.called || question.name);
  if (question.verb === "classify" && question.kind === "class") {
    const [name, chance] = value.reduce((best, one) => (one[1] > best[1] ? one : best));
    return _("%(target)s: most likely %(name)s, %(chance)s.", { target: called, name: short(name), chance: percent(chance) });
  }
  if (question.verb === "regress") return _("%(target)s: %(number)s.", { target: called, number: number(value) });
  return _("There is a new answer.");
}

function short(text) {
  const whole = String(text);
  return whole.length > 120 ? `${whole.slice(0, 119)}…` : whole;
}
