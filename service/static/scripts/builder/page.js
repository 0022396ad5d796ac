// The page of a new job: the data set, the templates, the builder, and the button that sends the job.

import { Problem, send } from "../api.js";
import { element, find, given } from "../elements.js";
import { _ } from "../text.js";
import { build } from "./build.js";
import { catalogue } from "./catalogue.js";
import { Draft, newKey } from "./draft.js";
import { put, same } from "./pointers.js";
import { written } from "./writing.js";

const start = given("start");
const words = find("#told");

if (start.document) begin(await catalogue());
for (const button of document.querySelectorAll("[data-sample]")) button.addEventListener("click", (event) => addSample(event, button));

function begin(known) {
  const draft = new Draft(start.user, location.search);
  const kept = draft.recall();
  const chooser = document.querySelector("#dataset");
  let { key, sent } = kept ?? {};
  let other = null;
  const train = element("button", { type: "button", class: "primary", onclick: () => submit() }, _("Train"));
  const builder = build(find("#builder"), {
    document: start.document,
    check: (job, { signal }) => send("POST", "/v1/specs:check", job, { signal }),
    catalogue: known,
    about: true,
    actions: [train],
    onchange: () => keep(),
  });
  if (kept && kept.text !== builder.text) {
    builder.restore(kept.text);
    tell(_("What you had begun is here again."), element("button", { type: "button", onclick: again }, _("Start over")));
  }
  chooser?.addEventListener("change", () => choose(chooser.value));
  for (const link of document.querySelectorAll("[data-template]")) {
    link.addEventListener("click", (event) => take(event, link));
  }
  // A page that comes back out of the browser's memory would still wait for its answer.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  function keep() {
    draft.keep({ text: builder.text, key, sent });
    const { dataset } = builder.document;
    const isOther = chooser && dataset !== chooser.value && dataset !== start.templates[0]?.spec.dataset;
    if (isOther && dataset !== other) tell(_("The JSON names another data set than the one that is shown above."));
    other = isOther ? dataset : null;
  }

  function take(event, link) {
    event.preventDefault();
    const { spec } = start.templates.find(({ name }) => name === link.dataset.template);
    builder.set({ ...builder.document, ...spec });
    tell(link.title);
  }

  /** Another data set: a network that is still as its template was is fitted to it, any other is kept. */
  function choose(id) {
    const address = new URLSearchParams(location.search);
    const template = start.templates.find(({ spec }) => same(spec.model, builder.document.model));
    address.set("dataset", id);
    address.delete("template");
    if (template) {
      address.delete("from");
      address.set("template", template.name);
    } else {
      const text = written(put(builder.document, ["dataset"], id));
      new Draft(start.user, `?${address}`).keep({ text });
    }
    location.assign(`/jobs/new?${address}`);
  }

  async function submit() {
    if (builder.isBroken) {
      builder.showSource();
      return;
    }
    // The same job sent again, as its answer was lost, is one job; a job that was changed is another.
    const body = JSON.stringify(builder.document);
    if (sent !== body || !key) [key, sent] = [newKey(), body];
    keep();
    train.disabled = true;
    try {
      const job = await send("POST", "/v1/jobs", builder.document, { headers: { "Idempotency-Key": key } });
      draft.forget();
      location.assign(`/jobs/${job.id}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      train.disabled = false;
      if (error.errors.length) builder.refuse(error.errors);
      else {
        tell(error.status ? error.message : _("The service does not answer. Nothing is lost: send it again in a moment."));
        train.focus();
      }
    }
  }

  function again() {
    draft.forget();
    location.reload();
  }
}

async function addSample(event, button) {
  event.preventDefault();
  button.disabled = true;
  try {
    const dataset = await send("POST", `/v1/samples/${button.dataset.sample}`);
    location.assign(`/jobs/new?dataset=${encodeURIComponent(dataset.id)}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    button.disabled = false;
    tell(error.status ? error.message : _("The service does not answer."));
  }
}

function tell(...what) {
  words.hidden = false;
  words.replaceChildren(...what.flatMap((one) => [one, " "]));
}
