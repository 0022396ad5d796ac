// Several jobs over each other in one chart, which grows while they train.

import { chart } from "../chart.js";
import { find, given } from "../elements.js";
import { number, whole } from "../text.js";
import { batched, follow } from "./story.js";
import * as telling from "./telling.js";

const table = document.querySelector("#runs");
if (table) compare();

function compare() {
  const ways = given("ways");
  const choice = document.querySelector("#metric");
  const place = find("#chart");
  const drawn = chart(choice?.value ?? "", { large: true });
  const runs = [...table.tBodies[0].rows].map((row, n) => ({ row, colour: n + 1, epochs: [] }));

  const draw = batched(() => {
    const metric = choice?.value;
    if (!metric) return;
    place.hidden = false;
    drawn.name(metric);
    find("[data-metric]", table).textContent = metric;
    drawn.draw(runs.map(({ row, colour, epochs }) => ({ name: row.dataset.label, colour, values: epochs.map((one) => one.metrics[metric] ?? null) })));
    runs.forEach((run) => tell(run, metric, ways[metric]));
  });

  place.append(drawn.node);
  for (const run of runs) {
    follow(run.row.dataset.job, { epochs: 0, lines: 0 }, {
      job: (job) => state(run, job),
      epochs(found) {
        run.epochs.push(...found);
        // The first figures of all: only the server's page has a choice of metrics.
        if (!choice) location.reload();
        draw();
      },
    });
  }
  if (!choice) return;
  find("#show").hidden = true;
  const choose = () => {
    const query = new URLSearchParams(location.search);
    query.set("metric", choice.value);
    history.replaceState(null, "", `?${query}`);
    draw();
  };
  choice.addEventListener("change", choose);
  // Who was quick may have chosen before this ran.
  if (!choice.selectedOptions[0].defaultSelected) choose();
}

function state({ row }, job) {
  const word = find(".status", row);
  word.className = `status ${job.status}`;
  word.textContent = telling.state(job);
  cell(row, "took", telling.took(job));
}

function tell({ row, epochs }, metric, way) {
  const better = (one, best) => (way === "max" ? one > best : one < best);
  let [best, at] = [null, null];
  for (const { epoch, metrics } of epochs) {
    const value = metrics[metric] ?? null;
    if (value !== null && (best === null || better(value, best))) [best, at] = [value, epoch];
  }
  cell(row, "epochs", whole(epochs.length));
  cell(row, "best", number(best));
  cell(row, "epoch", at === null ? "–" : whole(at));
  cell(row, "last", number(epochs.at(-1)?.metrics[metric]));
}

function cell(row, name, text) {
  find(`[data-cell="${name}"]`, row).textContent = text;
}
