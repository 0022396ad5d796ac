// The charts of a job: the loss, each metric, and the learning rate if it moves.

import { chart } from "../chart.js";
import { element, fill } from "../elements.js";
import { _ } from "../text.js";

// What is seen at once; a network with many outputs has many metrics.
const FIRST = 4;

/** Charts in `place`, one for each metric with its twin on held-back rows: `draw(epochs)`. */
export function curves(place) {
  const charts = new Map();
  const more = element("details", {}, element("summary", {}, _("More metrics")), element("div", { class: "charts" }));

  function draw(epochs) {
    for (const [title, lines] of groups(epochs)) {
      if (!charts.has(title)) add(title);
      charts.get(title).draw(lines);
    }
    place.hidden = false;
  }

  function add(title) {
    charts.set(title, chart(title));
    const all = [...charts.values()].map((one) => one.node);
    fill(more.lastChild, all.slice(FIRST));
    fill(place, all.slice(0, FIRST), all.length > FIRST ? more : null);
  }

  return { draw };
}

function groups(epochs) {
  const measured = Object.keys(epochs[0].metrics);
  const column = (name) => epochs.map((one) => one.metrics[name] ?? null);
  const found = measured.filter((name) => !name.startsWith("val_") || !measured.includes(name.slice(4))).map((name) => {
    const twin = `val_${name}`;
    const lines = [{ name, values: column(name), colour: 1 }];
    if (measured.includes(twin)) lines.push({ name: twin, values: column(twin), colour: 2, dashed: true });
    return [name, lines];
  });
  const rates = epochs.map((one) => one.learning_rate);
  if (rates.some((rate) => rate !== rates[0])) {
    const title = _("Learning rate");
    found.push([title, [{ name: title, values: rates, colour: 3 }]]);
  }
  return found;
}
