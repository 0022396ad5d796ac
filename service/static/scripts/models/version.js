// A version's page: a place to try it, fitted to what it takes and to what it says.

import { get, Problem } from "../api.js";
import { element, fill, find, given } from "../elements.js";
import { Answers } from "./answers.js";
import { Asker } from "./asking.js";
import { fieldFor, keyOf } from "./fields.js";
import { offerMistakes, offers } from "./offers.js";

const version = given("version");
const place = find("#try");
const parts = version.inputs.parts ?? [version.inputs];
const several = parts.length > 1;

/** What there is to see of the data set; nothing where it was deleted. */
async function look() {
  if (!version.dataset) return { rows: [], columns: [], thumbnails: [] };
  try {
    return await get(`/v1/datasets/${version.dataset}/preview?limit=100`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { rows: [], columns: [], thumbnails: [] };
  }
}

/** The row as a prediction takes it; `undefined` while a part of it is missing. */
function row(fields) {
  const values = fields.map((field) => field.value());
  if (values.includes(undefined)) return undefined;
  if (!several) return values[0];
  const whole = {};
  for (const [at, part] of parts.entries()) {
    if (part.columns) Object.assign(whole, values[at]);
    else whole[keyOf(part)] = values[at];
  }
  return whole;
}

const preview = await look();
const answers = new Answers(version.questions);
const asker = new Asker(version.path, version.questions, (told) => answers.show(told), (wrong) => answers.refuse(wrong));

function changed() {
  answers.compare(null);
  ask();
}

function ask() {
  const whole = row(fields);
  if (whole === undefined) {
    asker.drop();
    answers.rest();
  } else {
    asker.ask(whole);
  }
}

const fields = parts.map((part) => fieldFor(part, preview, changed));

/** Puts a row of the data set into the fields; its answer is held against what the network says. */
async function take(cells, truth) {
  const given = parts.map((part) => (part.columns ? cells : cells[keyOf(part)]));
  await Promise.all(fields.map((field, at) => given[at] !== undefined && field.take(given[at])));
  answers.compare(truth);
  ask();
}

fill(
  place,
  element(
    "div",
    { class: "stack" },
    several
      ? parts.map((part, at) => element("fieldset", {}, element("legend", { class: "named" }, part.name), fields[at].node))
      : fields[0].node,
    offers(version, parts, preview, take),
  ),
  answers.node,
);
place.hidden = false;
offerMistakes(parts, take);
// Who asked by the form wants to see what it said.
const form = find("#as-json");
if (!form.querySelector(".answered, [role=alert]")) form.open = false;
for (const field of fields) field.begin?.();
ask();
