// Copies a token that is shown this once.

import { find } from "../elements.js";
import { _ } from "../text.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = find(`#${button.dataset.copy}`);
  const told = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = _("Copied");
    } catch {
      // Over plain HTTP a browser lets no page do so.
      told.textContent = _("It is chosen: copy it with Ctrl and C.");
    }
  });
}
