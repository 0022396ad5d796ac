// Handing in: the builder within the assignment's rules, and the button that hands in what was built.

import { get, Problem, send } from "../api.js";
import { build } from "../builder/build.js";
import { catalogue } from "../builder/catalogue.js";
import { Draft, newKey } from "../builder/draft.js";
import { element, find, given } from "../elements.js";
import { _ } from "../text.js";

const start = given("start");
const words = find("#told");
const path = `/v1/assignments/${start.assignment}`;

begin(await catalogue());

function begin(known) {
  const draft = new Draft(start.user, location.pathname + location.search);
  const kept = draft.recall();
  let { key, sent } = kept ?? {};
  // Without one nothing is taken at present, and the page says why.
  const isOpen = document.querySelector('[value="hand_in"]') !== null;
  const hand = element("button", { type: "button", class: "primary", onclick: () => submit() }, _("Hand in"));
  const builder = build(find("#builder"), {
    document: start.document,
    check: (submission, { signal }) => send("POST", `${path}/check`, submission, { signal }),
    catalogue: known,
    allowed: { layers: start.layers, training: start.choices },
    fixed: start.fixed,
    actions: isOpen ? [hand] : [],
    onchange: () => keep(),
  });
  if (kept && kept.text !== builder.text) {
    builder.restore(kept.text);
    tell(_("What you had begun is here again."), element("button", { type: "button", onclick: again }, _("Start over")));
  }
  for (const link of document.querySelectorAll("[data-template]")) link.addEventListener("click", (event) => take(event, link));
  // A page that comes back out of the browser's memory would still wait for its answer.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  function keep() {
    draft.keep({ text: builder.text, key, sent });
  }

  /** A template in the place of what is there, which can be taken back. */
  function take(event, link) {
    event.preventDefault();
    builder.set(start.templates.find(({ name }) => name === link.dataset.template).document);
  }

  async function submit() {
    if (builder.isBroken) {
      builder.showSource();
      return;
    }
    // The same sent again, as its answer was lost, is one submission; what was changed is another.
    const body = JSON.stringify(builder.document);
    if (sent !== body || !key) [key, sent] = [newKey(), body];
    keep();
    hand.disabled = true;
    try {
      const { id } = await send("POST", `${path}/submissions`, builder.document, { headers: { "Idempotency-Key": key } });
      draft.forget();
      location.assign(`/submissions/${id}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      hand.disabled = false;
      if (error.errors.length) builder.refuse(error.errors);
      else await refused(error);
    }
  }

  /** If the last attempt went elsewhere, or time ran out, the page says so when it is loaded again: nothing is lost. */
  async function refused(error) {
    const { mine } = error.status === 409 || error.status === 429 ? await get(path) : {};
    if (mine && (mine.locked || mine.attempts.left_today === 0)) {
      location.reload();
      return;
    }
    tell(error.status ? error.message : _("The service does not answer. Nothing is lost: send it again in a moment."));
    hand.focus();
  }

  function again() {
    draft.forget();
    location.reload();
  }
}

function tell(...what) {
  words.hidden = false;
  words.replaceChildren(...what.flatMap((one) => [one, " "]));
}
