// Moving layers with the mouse: an extra, as the buttons and keys do the same.

/** Lets the rows of a list be dragged. */
export class Dragging {
  constructor(list) {
    this.list = list;
    this.row = null;
    const node = list.list;
    node.addEventListener("dragstart", (event) => this.start(event));
    node.addEventListener("dragover", (event) => this.over(event));
    node.addEventListener("drop", (event) => this.drop(event));
    node.addEventListener("dragend", () => this.end());
  }

  start(event) {
    // Who marks text in a field does not drag the layer.
    if (event.target.closest?.("input, select, textarea, .layer-body")) {
      event.preventDefault();
      return;
    }
    this.row = this.at(event.target);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.row?.called ?? "");
    this.row?.node.classList.add("dragged");
  }

  over(event) {
    if (!this.row) return;
    event.preventDefault();
    this.mark(this.target(event));
  }

  drop(event) {
    if (!this.row) return;
    event.preventDefault();
    const to = this.target(event);
    const from = this.row.index;
    if (to !== from && to !== from + 1) this.list.shift(this.row, to > from ? to - 1 : to);
    this.end();
  }

  end() {
    this.row?.node.classList.remove("dragged");
    this.row = null;
    this.mark(null);
  }

  /** The place before which it would come. */
  target(event) {
    const row = this.at(event.target);
    if (!row) return this.list.rows.length;
    const { top, height } = row.node.getBoundingClientRect();
    return row.index + (event.clientY > top + height / 2 ? 1 : 0);
  }

  mark(place) {
    this.list.rows.forEach((row, index) => {
      row.node.classList.toggle("before", index === place);
      row.node.classList.toggle("after", index === place - 1 && place === this.list.rows.length);
    });
  }

  at(node) {
    const found = node.closest?.(".layer");
    return this.list.rows.find((row) => row.node === found) ?? null;
  }
}
