// Questions about a directed graph that pages ask: what lies before, what after, in which order, folded how.
import type { DagEdge } from './dag_layers';

export interface Graph {
  after: Map<string, string[]>;
  before: Map<string, string[]>;
}

export function graphOf(keys: readonly string[], edges: readonly DagEdge[]): Graph {
  const after = new Map<string, string[]>(keys.map((key) => [key, []]));
  const before = new Map<string, string[]>(keys.map((key) => [key, []]));
  for (const { from, to } of edges) {
    if (from === to || !after.has(from) || !before.has(to) || after.get(from)?.includes(to)) continue;
    after.get(from)?.push(to);
    before.get(to)?.push(from);
  }
  return { after, before };
}

/** Everything reachable from the start (without it) with the number of steps to it. */
export function reach(links: ReadonlyMap<string, readonly string[]>, start: string): Map<string, number> {
  const steps = new Map([[start, 0]]);
  const queue = [start];
  for (let head = 0; head < queue.length; head += 1) {
    const at = queue[head] as string;
    for (const next of links.get(at) ?? []) {
      if (steps.has(next)) continue;
      steps.set(next, (steps.get(at) as number) + 1);
      queue.push(next);
    }
  }
  steps.delete(start);
  return steps;
}

/** What has to be made again when the start changes, each after all that it is made from. */
export function redoOrder(graph: Graph, start: string): string[] {
  const within = reach(graph.after, start);
  const missing = new Map(
    [...within.keys()].map((key) => [key, (graph.before.get(key) ?? []).filter((from) => within.has(from)).length]),
  );
  const order: string[] = [];
  const ready = [...within.keys()].filter((key) => missing.get(key) === 0);
  while (ready.length) {
    const key = ready.shift() as string;
    order.push(key);
    for (const next of graph.after.get(key) ?? []) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  // A cycle leaves some over: they come last, in the order found.
  const placed = new Set(order);
  return [...order, ...[...within.keys()].filter((key) => !placed.has(key))];
}

export interface Folded<T> {
  nodes: (T | { id: string; kind: string; members: T[] })[];
  edges: DagEdge[];
}

/** Folds nodes of one kind with the same makers and users, where a drawing would hold more than `most` boxes. */
export function fold<T extends { id: string; kind: string }>(
  nodes: readonly T[],
  edges: readonly DagEdge[],
  most: number,
  keep: ReadonlySet<string>,
): Folded<T> {
  if (nodes.length <= most) return { nodes: [...nodes], edges: [...edges] };
  const graph = graphOf(
    nodes.map((node) => node.id),
    edges,
  );
  const group = new Map<string, T[]>();
  for (const node of nodes) {
    const near = (links: Map<string, string[]>): string => (links.get(node.id) ?? []).slice().sort().join(' ');
    const key = keep.has(node.id) ? `= ${node.id}` : `${node.kind}|${near(graph.before)}|${near(graph.after)}`;
    const members = group.get(key);
    if (members) members.push(node);
    else group.set(key, [node]);
  }
  const target = new Map<string, string>();
  const out: Folded<T>['nodes'] = [];
  for (const members of group.values()) {
    const [first] = members as [T];
    const id = members.length > 1 ? `fold:${first.id}` : first.id;
    members.forEach((member) => target.set(member.id, id));
    out.push(members.length > 1 ? { id, kind: first.kind, members } : first);
  }
  const moved = edges.flatMap(({ from, to }) => {
    const a = target.get(from);
    const b = target.get(to);
    return a !== undefined && b !== undefined && a !== b ? [{ from: a, to: b }] : [];
  });
  return { nodes: out, edges: moved };
}
