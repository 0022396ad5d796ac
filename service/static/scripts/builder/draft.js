// What was typed and not sent yet, kept in the tab: a page that is loaded again has it again.

const KEPT = "fittingroom-draft:";

/** The draft of a user at an address: a page that begins with another job has another. */
export class Draft {
  constructor(user, search) {
    this.name = `${KEPT}${user}:${search}`;
  }

  /** `{text, key, sent}` as it was left, or null. */
  recall() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name));
    } catch {
      return null;
    }
  }

  keep(draft) {
    try {
      sessionStorage.setItem(this.name, JSON.stringify(draft));
    } catch {
      // A browser that keeps nothing, or has no room: the page works without.
    }
  }

  forget() {
    sessionStorage.removeItem(this.name);
  }
}

/** A word for an `Idempotency-Key`. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
