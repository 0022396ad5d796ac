// The upload: files are dropped or chosen, go to the API with a bar that moves, and lead to the page of what they became.

import { Problem, upload } from "../api.js";
import { element, fill, find } from "../elements.js";
import { _, bytes, duration } from "../text.js";
import { columnsOf } from "./columns.js";
import { options, suggest } from "./options.js";
import { clear, show } from "./troubles.js";

const LISTED = 20;
const form = find("#upload");
const files = find("#f-file");
const name = find("#f-name");
const sending = find("#sending");
// A name that was typed is nobody's to change.
let suggested = name.value === "";
let under = null;

async function chosen() {
  const list = [...files.files];
  const some = list.slice(0, LISTED).map((file) => element("li", {}, element("span", { class: "named" }, file.name.slice(0, 200)), ` ${bytes(file.size)}`));
  if (list.length > LISTED) some.push(element("li", {}, "…"));
  find("#chosen").hidden = list.length < 2;
  fill(find("#chosen"), some);
  if (!list.length) return;
  if (suggested) name.value = suggest(list[0].name);
  const names = await columnsOf(list[0]);
  fill(find("#known-columns"), names.map((value) => element("option", { value })));
}

async function send(event) {
  event.preventDefault();
  clear(form);
  const wrong = lacking();
  if (wrong) {
    show(form, new Problem(422, { detail: wrong, errors: [{ pointer: "#/file", detail: wrong }] }));
    return;
  }
  const body = new FormData();
  body.append("name", name.value.trim() || suggest(files.files[0].name));
  body.append("options", JSON.stringify(options(form)));
  for (const file of files.files) body.append("file", file);
  under = new AbortController();
  busy(true);
  try {
    const made = await upload("/v1/datasets", body, progress(), { signal: under.signal });
    location.assign(`/datasets/${made.id}`);
  } catch (error) {
    busy(false);
    if (error.name === "AbortError") find("#send").focus();
    else if (error instanceof Problem) show(form, error);
    else throw error;
  }
}

/** What is wrong with the files before one of their bytes is sent: the service would not read all of what is too large. */
function lacking() {
  const all = [...files.files].reduce((sum, file) => sum + file.size, 0);
  const most = Number(form.dataset.most);
  if (!files.files.length) return _("Choose a file, or drop one here.");
  if (all > most) return _("They have %(all)s together; at most %(most)s are taken.", { all: bytes(all), most: bytes(most) });
  return null;
}

/** Tells how far it is: bytes and the time that is left; and then, that what was sent is read. */
function progress() {
  const began = performance.now();
  const bar = find("#bar");
  bar.value = 0;
  fill(find("#phase"), _("The files are sent."));
  return (sent, all) => {
    bar.value = sent / all;
    const seconds = (performance.now() - began) / 1000;
    const left = (seconds / sent) * (all - sent);
    const told = { sent: bytes(sent), all: bytes(all), left: duration(left) };
    fill(find("#amount"), _("%(sent)s of %(all)s, about %(left)s left", told));
    if (sent < all) return;
    bar.removeAttribute("value");
    fill(find("#phase"), _("All is there, and is being read."));
    fill(find("#amount"), bytes(all));
  };
}

function busy(is) {
  sending.hidden = !is;
  find("#settings").disabled = find("#send").disabled = is;
  if (is) find("#cancel").focus();
}

/** Files may be dropped anywhere on the page: beside the field, a browser would open them in its place. */
function dropping() {
  const place = find("#drop");
  find(".dropping").hidden = false;
  const over = (is) => place.classList.toggle("over", is);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    over(event.dataTransfer.types.includes("Files"));
  });
  addEventListener("dragleave", (event) => event.relatedTarget || over(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (!event.dataTransfer.files.length || !sending.hidden) return;
    files.files = event.dataTransfer.files;
    files.dispatchEvent(new Event("change"));
  });
}

form.addEventListener("submit", send);
files.addEventListener("change", chosen);
name.addEventListener("input", () => (suggested = name.value === ""));
find("#cancel").addEventListener("click", () => under.abort());
dropping();
