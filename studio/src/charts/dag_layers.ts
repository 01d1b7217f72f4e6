// Layers of a directed graph: cycles broken by depth-first search, longest-path layers, one dummy node per layer that
// the edges of a node cross, order within the layers by barycentres (24 sweeps, the best order is kept). Deterministic: ties are
// broken by the order in which nodes were given. Source: Sugiyama, Tagawa, Toda, IEEE SMC 1981.

export interface DagEdge {
  from: string;
  to: string;
}

/** A place in a layer: a node, or a dummy where an edge passes by. */
export interface Slot {
  key: string;
  node: number;
  layer: number;
  before: number[];
  after: number[];
}

export interface Layered {
  slots: Slot[];
  /** slot indices of each layer, from top to bottom */
  layers: number[][];
  /** for each kept edge: its slots from start to end in layer order, and whether it was turned round */
  chains: { edge: number; slots: number[]; turned: boolean }[];
  crossings: number;
}

/** Edges that close a cycle in depth-first order; self-loops and edges with unknown ends are left out altogether. */
function turnedEdges(count: number, links: readonly (readonly [number, number, number])[]): Set<number> {
  const out: [number, number][][] = Array.from({ length: count }, () => []);
  for (const [from, to, edge] of links) (out[from] as [number, number][]).push([to, edge]);
  const state = new Uint8Array(count);
  const turned = new Set<number>();
  for (let root = 0; root < count; root += 1) {
    if (state[root]) continue;
    const stack: [number, number][] = [[root, 0]];
    state[root] = 1;
    while (stack.length) {
      const top = stack[stack.length - 1] as [number, number];
      const next = (out[top[0]] as [number, number][])[top[1]];
      if (!next) {
        state[top[0]] = 2;
        stack.pop();
        continue;
      }
      top[1] += 1;
      if (state[next[0]] === 1) turned.add(next[1]);
      else if (!state[next[0]]) {
        state[next[0]] = 1;
        stack.push([next[0], 0]);
      }
    }
  }
  return turned;
}

/** Longest path from a source; sources then move right, next to the first thing that needs them. */
function longestPathLayers(count: number, arcs: readonly (readonly [number, number])[]): number[] {
  const into = new Int32Array(count);
  const out: number[][] = Array.from({ length: count }, () => []);
  for (const [from, to] of arcs) {
    into[to] = (into[to] as number) + 1;
    (out[from] as number[]).push(to);
  }
  const isSource = Array.from(into, (n) => n === 0);
  const layer = new Array<number>(count).fill(0);
  const queue = isSource.flatMap((source, i) => (source ? [i] : []));
  for (let head = 0; head < queue.length; head += 1) {
    const at = queue[head] as number;
    for (const to of out[at] as number[]) {
      layer[to] = Math.max(layer[to] as number, (layer[at] as number) + 1);
      into[to] = (into[to] as number) - 1;
      if (into[to] === 0) queue.push(to);
    }
  }
  for (let i = 0; i < count; i += 1) {
    const targets = out[i] as number[];
    if (isSource[i] && targets.length) layer[i] = Math.min(...targets.map((to) => layer[to] as number)) - 1;
  }
  return layer;
}

function crossingsBetween(slots: readonly Slot[], upper: readonly number[], position: Int32Array): number {
  const ends: number[] = [];
  for (const slot of upper) {
    const next = (slots[slot] as Slot).after.map((to) => position[to] as number).sort((a, b) => a - b);
    ends.push(...next);
  }
  // Inversions by merge sort: each pair of edges that ends in the other order than it starts crosses once.
  const sort = (list: number[]): [number[], number] => {
    if (list.length < 2) return [list, 0];
    const half = list.length >> 1;
    const [a, m] = sort(list.slice(0, half));
    const [b, n] = sort(list.slice(half));
    const merged: number[] = [];
    let count = m + n;
    let j = 0;
    for (const x of a) {
      while (j < b.length && (b[j] as number) < x) merged.push(b[j++] as number);
      count += j;
      merged.push(x);
    }
    return [merged.concat(b.slice(j)), count];
  };
  return sort(ends)[1];
}

/** Crossings of the edges between neighbouring layers, in the order given. */
export function countCrossings(slots: readonly Slot[], layers: readonly (readonly number[])[]): number {
  const position = new Int32Array(slots.length);
  for (const layer of layers) layer.forEach((slot, i) => (position[slot] = i));
  return layers.reduce((sum, layer) => sum + crossingsBetween(slots, layer, position), 0);
}

function sweep(slots: readonly Slot[], layers: number[][], forward: boolean): void {
  const position = new Float64Array(slots.length);
  for (const layer of layers) layer.forEach((slot, i) => (position[slot] = i));
  const order = layers.map((_, i) => (forward ? i : layers.length - 1 - i)).slice(1);
  for (const at of order) {
    const layer = layers[at] as number[];
    const weight = new Map<number, number>();
    layer.forEach((slot, i) => {
      const near = forward ? (slots[slot] as Slot).before : (slots[slot] as Slot).after;
      const sum = near.reduce((total, other) => total + (position[other] as number), 0);
      weight.set(slot, near.length ? sum / near.length : i);
    });
    const before = new Map(layer.map((slot, i) => [slot, i]));
    layer.sort(
      (a, b) =>
        (weight.get(a) as number) - (weight.get(b) as number) || (before.get(a) as number) - (before.get(b) as number),
    );
    layer.forEach((slot, i) => (position[slot] = i));
  }
}

function orderLayers(slots: readonly Slot[], start: number[][]): { layers: number[][]; crossings: number } {
  let best = start.map((layer) => layer.slice());
  let fewest = countCrossings(slots, best);
  const now = start.map((layer) => layer.slice());
  for (let i = 0; i < 24 && fewest > 0; i += 1) {
    sweep(slots, now, i % 2 === 0);
    const crossings = countCrossings(slots, now);
    if (crossings < fewest) {
      fewest = crossings;
      best = now.map((layer) => layer.slice());
    }
  }
  return { layers: best, crossings: fewest };
}

/** Layers and orders of a graph of any shape; parallel edges are drawn once. */
export function layerGraph(keys: readonly string[], edges: readonly DagEdge[]): Layered {
  const index = new Map(keys.map((key, i) => [key, i]));
  const links: [number, number, number][] = [];
  const seen = new Set<string>();
  edges.forEach((edge, i) => {
    const from = index.get(edge.from);
    const to = index.get(edge.to);
    if (from === undefined || to === undefined || from === to || seen.has(`${from} ${to}`)) return;
    seen.add(`${from} ${to}`);
    links.push([from, to, i]);
  });
  const turned = turnedEdges(keys.length, links);
  const arcs = links.map(([from, to, edge]) => (turned.has(edge) ? ([to, from] as const) : ([from, to] as const)));
  const layerOf = longestPathLayers(keys.length, arcs);
  const depth = keys.length ? Math.max(...layerOf) + 1 : 0;
  const layers: number[][] = Array.from({ length: depth }, () => []);
  const slots: Slot[] = keys.map((key, node) => ({ key, node, layer: layerOf[node] as number, before: [], after: [] }));
  slots.forEach((slot, i) => (layers[slot.layer] as number[]).push(i));
  // Long edges out of one node share their dummies: one trunk with branches instead of a bundle of parallels.
  const trunks = new Map<string, number>();
  const chains = arcs.map(([from, to], i) => {
    const edge = (links[i] as [number, number, number])[2];
    const chain = [from];
    for (let at = (layerOf[from] as number) + 1; at < (layerOf[to] as number); at += 1) {
      const key = `${from}:${at}${turned.has(edge) ? `:${edge}` : ''}`;
      let slot = trunks.get(key);
      if (slot === undefined) {
        slot = slots.push({ key, node: -1, layer: at, before: [], after: [] }) - 1;
        trunks.set(key, slot);
        (layers[at] as number[]).push(slot);
      }
      chain.push(slot);
    }
    chain.push(to);
    for (let at = 1; at < chain.length; at += 1) {
      const [a, b] = [chain[at - 1] as number, chain[at] as number];
      if ((slots[a] as Slot).after.includes(b)) continue;
      (slots[a] as Slot).after.push(b);
      (slots[b] as Slot).before.push(a);
    }
    return { edge, slots: chain, turned: turned.has(edge) };
  });
  return { slots, chains, ...orderLayers(slots, layers) };
}
