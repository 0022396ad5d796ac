// What it all comes to: the numbers of the network, and whether it can be trained.

import { element, fill } from "../elements.js";
import { _, bytes, duration, ngettext, whole } from "../text.js";

/** A bar with the verdict, the totals, and whatever buttons stand there: `show(verdict)`. */
export class Summary {
  constructor({ actions, reveal }) {
    this.reveal = reveal;
    this.word = element("p", { class: "verdict", role: "status" }, _("Checking …"));
    this.totals = element("p", { class: "quiet totals" });
    this.first = element("button", { type: "button", hidden: true, onclick: () => this.reveal() }, _("Show me"));
    this.node = element(
      "div",
      { class: "summary" },
      element("div", {}, element("div", { class: "row" }, this.word, this.first), this.totals),
      element("div", { class: "row" }, actions),
    );
  }

  show({ checked, errors, warnings, failure, lost }) {
    const text = failure ?? (lost ? _("The service does not answer.") : verdict(errors.length, warnings.length));
    // Said again only if there is something new to say.
    if (this.word.textContent !== text) this.word.textContent = text;
    this.word.dataset.state = errors.length || failure ? "bad" : warnings.length ? "warn" : "good";
    this.first.hidden = errors.length + warnings.length === 0;
    if (checked) fill(this.totals, totals(checked));
  }
}

function verdict(errors, warnings) {
  if (errors) return ngettext("%(num)s error: it cannot be trained yet.", "%(num)s errors: it cannot be trained yet.", errors);
  if (warnings) return ngettext("Can be trained. %(num)s warning.", "Can be trained. %(num)s warnings.", warnings);
  return _("Ready to train.");
}

function totals({ parameters, memory_bytes: memory, seconds_per_epoch: pace, resolved }) {
  const { epochs } = resolved.training;
  const told = [
    ngettext("%(num)s parameter", "%(num)s parameters", parameters),
    _("%(memory)s of memory", { memory: bytes(memory) }),
    pace && _("about %(time)s for %(epochs)s epochs", { time: duration(pace.estimate * epochs), epochs: whole(epochs) }),
  ];
  return told.filter(Boolean).join(" · ");
}
