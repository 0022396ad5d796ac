// Rows of a table that are told anew, without taking the focus from who is in one of them.

/** Puts rows in the place of those that are there. */
export function renew(body, rows) {
  const links = [...body.querySelectorAll("a")];
  const held = links.indexOf(document.activeElement);
  const address = links[held]?.getAttribute("href");
  body.replaceChildren(...rows);
  if (address) [...body.querySelectorAll("a")].find((link) => link.getAttribute("href") === address)?.focus();
}
