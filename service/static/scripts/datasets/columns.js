// The names of a table's columns, as a help to who must type one: a guess from the first bytes, and no more than that.

const BEGINNING = 64 * 1024;
const MOST = 200;
const LONGEST = 200;

/** The names in the first line of a table, or none. */
export async function columnsOf(file) {
  if (!/\.(csv|tsv|txt|jsonl|ndjson)$/i.test(file.name)) return [];
  const [first] = (await file.slice(0, BEGINNING).text()).replace(/^\uFEFF/, "").split(/\r?\n/, 1);
  const found = first.startsWith("{") ? keys(first) : cells(first);
  return found.filter((name) => name && name.length <= LONGEST).slice(0, MOST);
}

function keys(line) {
  try {
    return Object.keys(JSON.parse(line));
  } catch {
    return [];
  }
}

/** The cells of a line: of comma, semicolon and tab, what there is most of outside of quotes parts them. */
function cells(line) {
  const bare = line.replace(/"[^"]*"/g, "");
  const counts = [",", ";", "\t"].map((mark) => [bare.split(mark).length, mark]);
  const [, mark] = counts.reduce((best, one) => (one[0] > best[0] ? one : best));
  const found = [];
  for (const [, quoted, plain] of line.matchAll(new RegExp(`(?:^|${mark})(?:"((?:[^"]|"")*)"|([^${mark}]*))`, "g"))) {
    found.push((quoted ?? plain).replaceAll('""', '"').trim());
  }
  return found;
}
