// Places for a layered graph, left to right: boxes of one size, edges as horizontal and vertical runs with rounded
// bends, each bend on a track of its own so that no two edges lie on one another.
import { type DagEdge, type Layered, type Slot, layerGraph } from './dag_layers';

export interface Placed {
  key: string;
  x: number;
  y: number;
  layer: number;
  row: number;
}

export interface Route {
  edge: number;
  from: string;
  to: string;
  points: [number, number][];
}

export interface DagLayout {
  nodes: Placed[];
  routes: Route[];
  width: number;
  height: number;
  crossings: number;
}

export interface DagSizes {
  nodeWidth: number;
  nodeHeight: number;
  rowGap: number;
  laneGap: number;
  trackGap: number;
  gutter: number;
}

export const DAG_SIZES: DagSizes = { nodeWidth: 168, nodeHeight: 56, rowGap: 20, laneGap: 14, trackGap: 8, gutter: 32 };

function halfHeight(slot: Slot, sizes: DagSizes): number {
  return slot.node >= 0 ? sizes.nodeHeight / 2 : 0;
}

function separation(a: Slot, b: Slot, sizes: DagSizes): number {
  const gap = a.node >= 0 && b.node >= 0 ? sizes.rowGap : sizes.laneGap;
  return halfHeight(a, sizes) + halfHeight(b, sizes) + gap;
}

/** Nearest places to the wanted ones, in order and far enough apart: pool adjacent violators on y minus its offset. */
function settle(wanted: readonly number[], weight: readonly number[], offset: readonly number[]): number[] {
  const blocks: { sum: number; weight: number; count: number }[] = [];
  wanted.forEach((y, i) => {
    const w = weight[i] as number;
    blocks.push({ sum: (y - (offset[i] as number)) * w, weight: w, count: 1 });
    while (blocks.length > 1) {
      const last = blocks[blocks.length - 1] as (typeof blocks)[0];
      const above = blocks[blocks.length - 2] as (typeof blocks)[0];
      if (above.sum / above.weight < last.sum / last.weight) break;
      blocks.pop();
      blocks[blocks.length - 1] = {
        sum: above.sum + last.sum,
        weight: above.weight + last.weight,
        count: above.count + last.count,
      };
    }
  });
  return blocks
    .flatMap((block) => new Array<number>(block.count).fill(block.sum / block.weight))
    .map((base, i) => base + (offset[i] as number));
}

function placeRows(graph: Layered, sizes: DagSizes): Float64Array {
  const { slots, layers } = graph;
  const y = new Float64Array(slots.length);
  const offsets = layers.map((layer) => {
    let at = 0;
    return layer.map((slot, i) => {
      if (i) at += separation(slots[layer[i - 1] as number] as Slot, slots[slot] as Slot, sizes);
      return at;
    });
  });
  layers.forEach((layer, k) => layer.forEach((slot, i) => (y[slot] = (offsets[k] as number[])[i] as number)));
  for (let round = 0; round < 32; round += 1) {
    const order = layers.map((_, i) => (round % 2 ? layers.length - 1 - i : i));
    for (const k of order) {
      const layer = layers[k] as number[];
      const wanted: number[] = [];
      const weight: number[] = [];
      for (const id of layer) {
        const slot = slots[id] as Slot;
        const near =
          round >= 28 || !slot.before.length || !slot.after.length
            ? [...slot.before, ...slot.after]
            : round % 2
              ? slot.after
              : slot.before;
        // A passing edge pulls hard towards its own run: long edges stay straight.
        const pull = near.map((other) => (slot.node >= 0 ? 1 : (slots[other] as Slot).node < 0 ? 8 : 2));
        const total = pull.reduce((a, b) => a + b, 0);
        wanted.push(
          total
            ? near.reduce((sum, other, i) => sum + (y[other] as number) * (pull[i] as number), 0) / total
            : (y[id] as number),
        );
        weight.push(Math.max(1, total));
      }
      settle(wanted, weight, offsets[k] as number[]).forEach((value, i) => (y[layer[i] as number] = value));
    }
  }
  return y;
}

interface Bend {
  route: number;
  at: number;
  from: number;
  to: number;
}

/** A track for each bend of one gap between layers: bends whose runs overlap get different tracks. */
function assignTracks(bends: Bend[]): Map<Bend, number> {
  const track = new Map<Bend, number>();
  const ends: Bend[][] = [];
  // Falling bends from the bottom up and rising ones from the top down cross one another least.
  const order = bends.slice().sort((a, b) => {
    const down = Number(a.to > a.from) - Number(b.to > b.from);
    return down || (a.to > a.from ? b.from - a.from : a.from - b.from) || a.route - b.route;
  });
  const clash = (a: Bend, b: Bend): boolean =>
    Math.min(a.from, a.to) < Math.max(b.from, b.to) + 2 && Math.min(b.from, b.to) < Math.max(a.from, a.to) + 2;
  for (const bend of order) {
    let at = ends.findIndex((list) => list.every((other) => other.from === bend.from || !clash(other, bend)));
    if (at < 0) at = ends.push([]) - 1;
    (ends[at] as Bend[]).push(bend);
    track.set(bend, at);
  }
  return track;
}

/** Gives the dummies of a long edge one height where their neighbours leave room: no needless bends. */
function straighten(graph: Layered, y: Float64Array, sizes: DagSizes): void {
  const { slots, layers, chains } = graph;
  const at = new Map<number, [number[], number]>();
  for (const layer of layers) layer.forEach((slot, i) => at.set(slot, [layer, i]));
  const room = (slot: number): [number, number] => {
    const [layer, i] = at.get(slot) as [number[], number];
    const above = layer[i - 1];
    const below = layer[i + 1];
    const own = slots[slot] as Slot;
    return [
      above === undefined ? -Infinity : (y[above] as number) + separation(slots[above] as Slot, own, sizes),
      below === undefined ? Infinity : (y[below] as number) - separation(own, slots[below] as Slot, sizes),
    ];
  };
  for (const chain of chains) {
    const inner = chain.slots.slice(1, -1);
    if (!inner.length) continue;
    const low = Math.max(...inner.map((slot) => room(slot)[0]));
    const high = Math.min(...inner.map((slot) => room(slot)[1]));
    if (low > high) {
      // No one height fits all: at least small steps between neighbours go.
      for (let i = 1; i < inner.length; i += 1) {
        const [slot, last] = [inner[i] as number, y[inner[i - 1] as number] as number];
        const [from, to] = room(slot);
        if (Math.abs((y[slot] as number) - last) < 2 * sizes.laneGap && last >= from && last <= to) y[slot] = last;
      }
      continue;
    }
    const heights = inner.map((slot) => y[slot] as number).sort((a, b) => a - b);
    const middle = heights[heights.length >> 1] as number;
    for (const slot of inner) y[slot] = Math.min(high, Math.max(low, middle));
  }
}

/** Places and routes of a graph. The size covers edges as well as boxes; equal input gives equal output. */
export function layoutDag(keys: readonly string[], edges: readonly DagEdge[], sizes: DagSizes = DAG_SIZES): DagLayout {
  const graph = layerGraph(keys, edges);
  const y = placeRows(graph, sizes);
  straighten(graph, y, sizes);
  const { slots, layers, chains } = graph;
  let top = Infinity;
  let bottom = -Infinity;
  slots.forEach((slot, i) => {
    const half = Math.max(halfHeight(slot, sizes), 4);
    top = Math.min(top, (y[i] as number) - half);
    bottom = Math.max(bottom, (y[i] as number) + half);
  });
  const rowOf = (slot: number): number => Math.round((y[slot] as number) - top);
  const bendsOf: Bend[][] = layers.map(() => []);
  // An edge may leave and enter a box anywhere along its side: where the two ends overlap it runs straight.
  const reachOfBox = sizes.nodeHeight / 2 - 10;
  const rows = chains.map((chain) => {
    const own = chain.slots.map(rowOf);
    const last = own.length - 1;
    if (last > 1 && Math.abs((own[1] as number) - (own[0] as number)) <= reachOfBox) own[0] = own[1] as number;
    if (Math.abs((own[last - 1] as number) - (own[last] as number)) <= reachOfBox) own[last] = own[last - 1] as number;
    return own;
  });
  chains.forEach((chain, route) => {
    for (let i = 1; i < chain.slots.length; i += 1) {
      const from = rows[route]?.[i - 1] as number;
      const to = rows[route]?.[i] as number;
      const layer = (slots[chain.slots[i - 1] as number] as Slot).layer;
      if (from !== to) (bendsOf[layer] as Bend[]).push({ route, at: i, from, to });
    }
  });
  const tracks = bendsOf.map(assignTracks);
  const left: number[] = [];
  let x = 0;
  layers.forEach((_, k) => {
    left.push(x);
    const most = Math.max(0, ...(tracks[k] as Map<Bend, number>).values()) + 1;
    x += sizes.nodeWidth + sizes.gutter + Math.max(0, most - 1) * sizes.trackGap;
  });
  const routes = chains.map((chain, route) => {
    const last = chain.slots.length - 1;
    const points: [number, number][] = [];
    for (let i = 0; i <= last; i += 1) {
      const slot = slots[chain.slots[i] as number] as Slot;
      const row = rows[route]?.[i] as number;
      const start = left[slot.layer] as number;
      if (i) {
        const layer = slot.layer - 1;
        const bend = (bendsOf[layer] as Bend[]).find((b) => b.route === route && b.at === i);
        if (bend) {
          const track = (tracks[layer] as Map<Bend, number>).get(bend) as number;
          const at = (left[layer] as number) + sizes.nodeWidth + sizes.gutter / 2 + track * sizes.trackGap;
          points.push([at, bend.from], [at, bend.to]);
        }
        if (i === last) points.push([start, row]);
      } else {
        points.push([start + sizes.nodeWidth, row]);
      }
    }
    const edge = edges[chain.edge] as DagEdge;
    return { edge: chain.edge, from: edge.from, to: edge.to, points: chain.turned ? points.reverse() : points };
  });
  const nodes: Placed[] = [];
  layers.forEach((layer, k) => {
    let row = 0;
    for (const id of layer) {
      const slot = slots[id] as Slot;
      if (slot.node < 0) continue;
      nodes.push({ key: slot.key, x: left[k] as number, y: rowOf(id) - sizes.nodeHeight / 2, layer: k, row: row++ });
    }
  });
  const order = new Map(keys.map((key, i) => [key, i]));
  nodes.sort(
    (a, b) => a.layer - b.layer || a.row - b.row || (order.get(a.key) as number) - (order.get(b.key) as number),
  );
  const width = layers.length ? (left[layers.length - 1] as number) + sizes.nodeWidth : 0;
  return { nodes, routes, width, height: slots.length ? Math.ceil(bottom - top) : 0, crossings: graph.crossings };
}

/** SVG path of a route with bends rounded by at most `radius`. */
export function routePath(points: readonly [number, number][], radius = 6): string {
  if (!points.length) return '';
  const [first] = points as [[number, number]];
  let path = `M${first[0]},${first[1]}`;
  for (let i = 1; i < points.length - 1; i += 1) {
    const [px, py] = points[i - 1] as [number, number];
    const [x, y] = points[i] as [number, number];
    const [nx, ny] = points[i + 1] as [number, number];
    const before = Math.hypot(x - px, y - py);
    const after = Math.hypot(nx - x, ny - y);
    const r = Math.min(radius, before / 2, after / 2);
    if (r < 0.5) {
      path += `L${x},${y}`;
      continue;
    }
    const round = (v: number): number => Math.round(v * 100) / 100;
    path += `L${round(x - ((x - px) / before) * r)},${round(y - ((y - py) / before) * r)}`;
    path += `Q${x},${y} ${round(x + ((nx - x) / after) * r)},${round(y + ((ny - y) / after) * r)}`;
  }
  const end = points[points.length - 1] as [number, number];
  return `${path}L${end[0]},${end[1]}`;
}
