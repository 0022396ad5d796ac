// Asks what a version says to a row, as often as the row changes and no more often than it answers.

import { Problem, send } from "../api.js";
import { _ } from "../text.js";

// While one moves a pen there is a change with each frame.
const PAUSE = 60;
const RETRY = 1000;

/**
 * `new Asker("/v1/models/m/versions/1", questions, told, refused)`: `told` gets, for each question, what was answered
 * to the row that was asked last; `refused` a sentence.
 */
export class Asker {
  #path;
  #questions;
  #told;
  #refused;
  #next;
  #busy = false;
  #edition = 0;

  constructor(path, questions, told, refused) {
    this.#path = path;
    this.#questions = questions;
    this.#told = told;
    this.#refused = refused;
  }

  /** Asks for this row; rows that came before it and were not asked for yet are forgotten. */
  ask(row) {
    this.#next = { row };
    this.#go();
  }

  /** There is nothing to ask: an answer that is still under way is dropped. */
  drop() {
    this.#edition += 1;
    this.#next = undefined;
  }

  // One request at a time: answers come in the order of the rows, and a slow network is not asked for what is old.
  async #go() {
    if (this.#busy) return;
    this.#busy = true;
    await pause(PAUSE);
    while (this.#next) {
      const { row } = this.#next;
      const edition = this.#edition;
      this.#next = undefined;
      try {
        const told = await answer(this.#path, this.#questions, row);
        if (edition === this.#edition) this.#told(told);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const later = error.status === 0 || error.status === 503;
        if (edition === this.#edition) this.#refused(later ? _("It is not ready yet; it is asked again.") : error.message);
        if (later) {
          await pause(RETRY);
          if (edition === this.#edition) this.#next ??= { row };
        }
      }
    }
    this.#busy = false;
  }
}

/** What is answered to each question. Those that take what the network puts out share one request. */
async function answer(path, questions, row) {
  let put = null;
  return Promise.all(
    questions.map(async ({ verb, name }) => {
      if (verb === "predict") {
        put ??= send("POST", `${path}:predict`, { instances: [row] });
        const [found] = (await put).predictions;
        return questions.length > 1 ? found[name] : found;
      }
      const asked = { examples: [row] };
      if (questions.length > 1) asked.signature_name = name;
      return (await send("POST", `${path}:${verb}`, asked)).results[0];
    }),
  );
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
