// Where the boxes of a graph stand: in rows from top to bottom, each below all that it takes, and as few wires across
// one another as a few passes find (the method of Sugiyama, Tagawa and Toda, 1981).

const GAP = 26;
const DOWN = 28;
const MARGIN = 10;
const THIN = 14;
const PASSES = 6;

/** `{nodes: [{x, y, layer}], edges: [{d}], width, height}`; `x` is a box's middle, `y` its top. */
export function arranged(layers, { wide, high }) {
  const rows = inRows(layers, wide);
  for (let pass = 0; pass < PASSES; pass += 1) settle(rows, pass % 2 === 0);
  const points = rows.flat();
  const left = Math.min(...points.map(({ x, width }) => x - width / 2)) - MARGIN;
  rows.forEach((row, index) => {
    for (const point of row) Object.assign(point, { x: Math.round(point.x - left), y: MARGIN + index * (high + DOWN) });
  });
  return {
    nodes: points.filter(({ layer }) => layer),
    edges: points.flatMap((point) => point.above.map((from) => ({ d: wire(from, point, high) }))),
    width: Math.max(...points.map(({ x, width }) => x + width / 2)) + MARGIN,
    height: 2 * MARGIN + rows.length * (high + DOWN) - DOWN,
  };
}

/** Each layer one row below the lowest that it takes; wires over several rows pass through points of their own. */
function inRows(layers, wide) {
  const points = new Map();
  const depths = depthsOf(layers);
  const rows = Array.from({ length: Math.max(0, ...depths.values()) + 1 }, () => []);
  for (const layer of layers.toSorted((one, other) => depths.get(one.name) - depths.get(other.name))) {
    const depth = depths.get(layer.name);
    const point = { layer, width: wide, above: [], below: [], x: 0 };
    points.set(layer.name, point);
    for (const name of new Set(layer.inputs)) {
      let from = points.get(name);
      if (!from) continue;
      for (let between = depths.get(name) + 1; between < depth; between += 1) {
        const through = { layer: null, width: THIN, above: [], below: [], x: 0 };
        rows[between].push(through);
        join(from, through);
        from = through;
      }
      join(from, point);
    }
    rows[depth].push(point);
  }
  return rows;
}

function depthsOf(layers) {
  const named = new Map(layers.map((layer) => [layer.name, layer]));
  const depths = new Map();
  // What comes from the check stands in an order in which it can be computed; other callers' layers may not.
  let left = [...layers];
  while (left.length) {
    const ready = left.filter(({ inputs }) => inputs.every((name) => depths.has(name) || !named.has(name)));
    if (!ready.length) ready.push(left[0]);
    for (const { name, inputs } of ready) depths.set(name, 1 + Math.max(-1, ...inputs.map((from) => depths.get(from) ?? -1)));
    left = left.filter(({ name }) => !depths.has(name));
  }
  return depths;
}

function join(from, to) {
  from.below.push(to);
  to.above.push(from);
}

/** Goes through the rows once, down or up, and puts each point near those that it hangs together with. */
function settle(rows, isDown) {
  for (const row of isDown ? rows : rows.toReversed()) {
    for (const point of row) {
      const near = isDown ? point.above : point.below;
      point.wish = near.length ? near.reduce((sum, { x }) => sum + x, 0) / near.length : point.x;
    }
    row.sort((one, other) => one.wish - other.wish);
    spread(row);
  }
}

/** As near to their wishes as can be without overlapping: neighbours that would overlap move as one block. */
function spread(row) {
  const offsets = [];
  row.forEach(({ width }, index) => {
    offsets.push(index ? offsets[index - 1] + row[index - 1].width / 2 + GAP + width / 2 : 0);
  });
  const blocks = [];
  row.forEach((point, index) => {
    let block = { sum: point.wish - offsets[index], count: 1 };
    while (blocks.length && blocks.at(-1).sum / blocks.at(-1).count > block.sum / block.count) {
      const before = blocks.pop();
      block = { sum: before.sum + block.sum, count: before.count + block.count };
    }
    blocks.push(block);
  });
  let index = 0;
  for (const { sum, count } of blocks) {
    for (let one = 0; one < count; one += 1, index += 1) row[index].x = sum / count + offsets[index];
  }
}

function wire(from, to, high) {
  const [top, bottom] = [from.y + high, to.y];
  const through = to.layer ? "" : ` V${to.y + high}`;
  if (from.x === to.x) return `M${from.x} ${top} V${bottom}${through}`;
  const middle = (top + bottom) / 2;
  return `M${from.x} ${top} C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${bottom}${through}`;
}
