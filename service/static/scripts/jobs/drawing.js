// The picture of a job's network, drawn when somebody looks at it.

import { given } from "../elements.js";
import { picture } from "../network.js";

// What is larger takes a while, and is nothing to see at a glance.
const SMALL = 30;

/** Draws into a `<details>`, which is open from the beginning where the network is small. */
export function drawing(place) {
  const { layers, inputs } = given("network");
  place.hidden = false;
  place.addEventListener("toggle", () => {
    const frame = place.lastElementChild;
    if (place.open && !frame.firstChild) frame.append(picture(layers, { inputs }));
  });
  place.open = layers.length <= SMALL;
}
