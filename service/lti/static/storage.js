// Keeps a secret of this login in the platform's storage, or asks for it back: where a frame is given no
// cookies (LTI postMessage storage 0.1, and LTI OIDC login with client-side postMessages 0.1).
"use strict";

const place = document.getElementById("storage");
const { subject, key, value, frame } = place.dataset;
// Of this platform alone: whoever else opened or framed this page neither hears nor is heard.
const origins = place.dataset.origins.split(" ");
const platform = window.opener || window.parent;
const messageId = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
// How long the platform is waited for.
const WAIT = 3000;
let ended = false;

function target() {
  if (frame === "_parent") return platform;
  try {
    return platform.frames[frame] || platform;
  } catch {
    return platform;
  }
}

function ask() {
  const message = { subject, message_id: messageId, key };
  if (subject === "lti.put_data") message.value = value;
  // To whichever of them it is: to the others it is not delivered.
  origins.forEach((origin) => target().postMessage(message, origin));
}

function end(stored) {
  if (ended) return;
  ended = true;
  if (subject === "lti.put_data") {
    location.replace(place.querySelector("a").href);
  } else if (stored) {
    place.elements.stored.value = stored;
    place.submit();
  }
}

window.addEventListener("message", (event) => {
  const told = event.data;
  if (!told || told.message_id !== messageId || told.subject !== `${subject}.response`) return;
  if (!origins.includes(event.origin)) return;
  end(told.error ? "" : told.value);
});

if (platform && platform !== window) {
  ask();
  setTimeout(() => end(""), WAIT);
} else {
  end("");
}
