// How the text of an assignment looks, without leaving the form: the server says it, as it says it to students.

import { find } from "../elements.js";

const form = find("#assignment");
const shown = find("#preview");

find("#look").addEventListener("click", (event) => {
  event.preventDefault();
  // A page is read by the browser itself: there is no other way to make elements of markup, and none is wanted.
  const request = new XMLHttpRequest();
  // Not `form.action`: that is the button of this name.
  request.open("POST", form.getAttribute("action"));
  request.responseType = "document";
  request.onload = () => {
    const found = request.response?.querySelector("#preview");
    if (!found) return form.requestSubmit(event.target);
    shown.replaceChildren(...[...found.childNodes].map((node) => document.importNode(node, true)));
    shown.hidden = false;
    shown.focus();
  };
  request.onerror = () => form.requestSubmit(event.target);
  request.send(new FormData(form, event.target));
});
