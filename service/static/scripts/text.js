// Texts in the reader's language, and numbers, sizes and times as it writes them.

export const language = document.documentElement.lang || "en";
const WORDS = language === "en" ? {} : await load();
const PLURALS = new Intl.PluralRules(language);
const NUMBERS = new Intl.NumberFormat(language, { maximumSignificantDigits: 4 });
const WHOLE = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const SHARES = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const TIMES = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const SPANS = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/** A text: `_("Epoch %(n)s", {n: 3})`. The English is the key; Babel finds it by the name of this function. */
export function _(text, values = {}) {
  return put(WORDS[text] ?? text, values);
}

/** A text about a number of things: `ngettext("%(num)s row", "%(num)s rows", 3)`. */
export function ngettext(one, many, number, values = {}) {
  const forms = WORDS[one] ?? [one, many];
  const form = PLURALS.select(number) === "one" ? forms[0] : forms.at(-1);
  return put(form, { num: WHOLE.format(number), ...values });
}

/** A number, with four digits that mean something; a dash for none. */
export function number(value) {
  if (value === null || value === undefined) return "–";
  // Zeros by the dozen say less than a power of ten, as `figures.py` has it.
  const plain = value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e9);
  return plain ? NUMBERS.format(value) : String(Number(value.toPrecision(4)));
}

/** A whole number. */
export function whole(value) {
  return WHOLE.format(value);
}

/** A share of one: 93.4 %; a dash for none. */
export function percent(share) {
  return share === null || share === undefined ? "–" : SHARES.format(share);
}

/** 12.3 MB. */
export function bytes(value) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const step = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  const format = { style: "unit", unit: units[step], unitDisplay: "short", maximumSignificantDigits: 3 };
  return new Intl.NumberFormat(language, format).format(value / 1000 ** step);
}

/** 48 s, 3 min 20 s, 2 h 5 min. */
export function duration(seconds) {
  if (seconds < 10) return `${number(Math.round(seconds * 10) / 10)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A time as the API tells it, in the reader's zone. */
export function time(at) {
  return TIMES.format(new Date(at));
}

/** 3 minutes ago. */
export function since(at) {
  const seconds = (new Date(at) - Date.now()) / 1000;
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return SPANS.format(Math.round(seconds / size), unit);
  }
  return SPANS.format(Math.round(seconds), "second");
}

function put(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

async function load() {
  // Beside the folder of the scripts.
  const answer = await fetch(new URL(`../words/${language}.json`, import.meta.url));
  return answer.ok ? answer.json() : {};
}
