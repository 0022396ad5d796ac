// What the service says is wrong, beside the fields that it is about.

import { fill, find } from "../elements.js";
import { _ } from "../text.js";

/** Shows a problem, and leads to the first field that is wrong, or to the sentence above them all. */
export function show(form, problem) {
  clear(form);
  const placed = places(problem);
  for (const [name, details] of placed) {
    const field = find(`#f-${name}`, form);
    field.setAttribute("aria-invalid", "true");
    field.closest("details")?.setAttribute("open", "");
    const wrong = find(`#w-${name} > span`, form);
    fill(wrong, details.join(" "));
    wrong.parentElement.hidden = false;
  }
  const refused = find("#refused", form);
  refused.querySelector(".again")?.remove();
  fill(find("span", refused), problem.status === 0 ? _("The service does not answer. Nothing was stored.") : problem.message);
  refused.hidden = false;
  const [first] = placed.keys();
  (first ? find(`#f-${first}`, form) : refused).focus();
}

/** Takes away what was wrong before. */
export function clear(form) {
  find("#refused", form).hidden = true;
  for (const wrong of form.querySelectorAll(".wrong")) wrong.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** Details by the name of a field. */
function places(problem) {
  if (problem.status === 409) return new Map([["name", [problem.message]]]);
  const found = new Map();
  for (const { pointer, detail } of problem.errors) {
    const [name] = pointer.replace(/^#\/(options\/)?/, "").split("/");
    const field = document.getElementById(`f-${name}`) ? name : "file";
    found.set(field, [...(found.get(field) ?? []), detail]);
  }
  return found;
}
