// What stands in the fields of the upload becomes the `options` that the API takes: as service/pages/uploading.py has it.

const READERS = {
  text: (given) => given.trim(),
  lines,
  // What is no number is left to the service, which says so in words.
  whole: (given) => (/^\s*[+-]?\d{1,15}\s*$/.test(given) ? Number(given) : given.trim()),
  wholes: (given) => {
    const found = given.trim().split(/\D+/);
    return found.every((one) => one && one.length < 10) ? found.map(Number) : given.trim();
  },
  percent: (given) => (Number.isFinite(Number(given)) ? Number(given) / 100 : given.trim()),
  yesno: (given) => given === "yes",
};

/** The options that the fields with a `data-option` say; one that is empty says nothing. */
export function options(form) {
  const said = {};
  let further = [];
  for (const field of form.querySelectorAll("[data-option]")) {
    if (!field.value.trim()) continue;
    if (field.dataset.option === "further") further = lines(field.value);
    else said[field.name] = READERS[field.dataset.option](field.value);
  }
  if (further.length) said.target = [...("target" in said ? [said.target] : []), ...further];
  return said;
}

/** A name for a data set, from that of its file. */
export function suggest(file) {
  const plain = file.toLowerCase().replace(/(\.[a-z0-9]{1,8}){1,2}$/, "");
  return plain.replace(/[^a-z0-9._-]+/g, "-").replace(/^[-._]+|[-._]+$/g, "").slice(0, 63) || "data";
}

function lines(given) {
  return given.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
}
