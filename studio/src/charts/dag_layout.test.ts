import { describe, expect, it } from 'vitest';
import { neighbour } from './dag';
import { DAG_SIZES, type DagLayout, layoutDag, routePath } from './dag_layout';
import { layerGraph } from './dag_layers';
import { fold, graphOf, reach, redoOrder } from './graph';

/** A graph of some size from a small linear congruence: the same on every machine. */
function made(size: number, seed: number, cycles = false): { keys: string[]; edges: { from: string; to: string }[] } {
  let state = seed;
  const next = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const keys = Array.from({ length: size }, (_, i) => `n${i}`);
  const edges = Array.from({ length: Math.floor(size * 1.4) }, () => {
    const [a, b] = [next(size), next(size)];
    return cycles || a < b ? { from: `n${a}`, to: `n${b}` } : { from: `n${b}`, to: `n${a}` };
  });
  return { keys, edges };
}

function overlaps(layout: DagLayout): number {
  let count = 0;
  layout.nodes.forEach((a, i) => {
    for (const b of layout.nodes.slice(i + 1)) {
      if (Math.abs(a.x - b.x) < DAG_SIZES.nodeWidth && Math.abs(a.y - b.y) < DAG_SIZES.nodeHeight) count += 1;
    }
  });
  return count;
}

const demo = {
  keys: [
    'file',
    'add',
    'data',
    'profile',
    'split',
    'train',
    'model',
    'predict',
    'fair',
    'eval',
    'card',
    'gate',
    'mark',
  ],
  edges: [
    ['file', 'add'],
    ['add', 'data'],
    ['data', 'profile'],
    ['data', 'split'],
    ['split', 'train'],
    ['train', 'model'],
    ['model', 'predict'],
    ['split', 'predict'],
    ['predict', 'fair'],
    ['predict', 'eval'],
    ['fair', 'card'],
    ['eval', 'card'],
    ['fair', 'gate'],
    ['eval', 'gate'],
    ['gate', 'mark'],
    ['model', 'mark'],
    ['card', 'mark'],
  ].map(([from, to]) => ({ from: from as string, to: to as string })),
};

describe('layout of a graph', () => {
  const shapes = [
    demo,
    made(5, 1),
    made(40, 2),
    made(40, 3, true),
    made(200, 4),
    { keys: ['alone'], edges: [] },
    { keys: [], edges: [] },
  ];
  it.each(shapes.map((shape, i) => [i, shape] as const))(
    '%i: no boxes overlap, edges go forward, all lies within the size',
    (_, { keys, edges }) => {
      const layout = layoutDag(keys, edges);
      expect(layout.nodes.map((node) => node.key).sort()).toEqual([...keys].sort());
      expect(overlaps(layout)).toBe(0);
      for (const route of layout.routes) {
        const xs = route.points.map((point) => point[0]);
        const way = (xs[xs.length - 1] as number) > (xs[0] as number) ? 1 : -1;
        xs.slice(1).forEach((x, i) => expect((x - (xs[i] as number)) * way).toBeGreaterThanOrEqual(0));
        for (const [x, y] of route.points) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(layout.width);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(layout.height);
        }
      }
    },
  );
  it('draws edges of an acyclic graph from left to right', () => {
    for (const { keys, edges } of [demo, made(40, 2), made(200, 4)]) {
      const layout = layoutDag(keys, edges);
      const layer = new Map(layout.nodes.map((node) => [node.key, node.layer]));
      for (const { from, to } of edges)
        if (from !== to) expect(layer.get(from) as number).toBeLessThan(layer.get(to) as number);
    }
  });
  it('runs edges past boxes, not through them', () => {
    const layout = layoutDag(demo.keys, demo.edges);
    for (const route of layout.routes) {
      route.points.slice(1).forEach(([x, y], i) => {
        const [px, py] = route.points[i] as [number, number];
        for (const box of layout.nodes) {
          if (box.key === route.from || box.key === route.to) continue;
          const apart =
            Math.max(px, x) <= box.x ||
            Math.min(px, x) >= box.x + DAG_SIZES.nodeWidth ||
            Math.max(py, y) <= box.y ||
            Math.min(py, y) >= box.y + DAG_SIZES.nodeHeight;
          expect(apart, `${route.from} -> ${route.to} meets ${box.key}`).toBe(true);
        }
      });
    }
  });
  it('is the same every time and uncrosses what can be uncrossed', () => {
    const { keys, edges } = made(120, 7);
    expect(layoutDag(keys, edges)).toEqual(layoutDag(keys, edges));
    const crossed = layerGraph(
      ['a', 'b', 'c', 'd'],
      [
        { from: 'a', to: 'd' },
        { from: 'b', to: 'c' },
      ],
    );
    expect(crossed.crossings).toBe(0);
    expect(layoutDag(demo.keys, demo.edges).crossings).toBeLessThanOrEqual(3);
  });
  it('bears loops, doubles and edges to nowhere', () => {
    const layout = layoutDag(
      ['a', 'b'],
      [
        { from: 'a', to: 'a' },
        { from: 'a', to: 'b' },
        { from: 'a', to: 'b' },
        { from: 'a', to: 'zz' },
        { from: 'b', to: 'a' },
      ],
    );
    expect(layout.routes).toHaveLength(2);
    expect(layout.nodes).toHaveLength(2);
  });
  it('rounds bends', () => {
    expect(
      routePath(
        [
          [0, 0],
          [20, 0],
          [20, 40],
        ],
        6,
      ),
    ).toBe('M0,0L14,0Q20,0 20,6L20,40');
    expect(routePath([])).toBe('');
  });
});

describe('questions to a graph', () => {
  const graph = graphOf(demo.keys, demo.edges);
  it('walks by arrows', () => {
    const layout = layoutDag(demo.keys, demo.edges);
    expect(neighbour(layout, demo.edges, 'file', 'ArrowRight')).toBe('add');
    expect(neighbour(layout, demo.edges, 'add', 'ArrowLeft')).toBe('file');
    expect(neighbour(layout, demo.edges, 'file', 'ArrowLeft')).toBeNull();
  });
  it('says what must be redone, each after what it is made from', () => {
    const order = redoOrder(graph, 'model');
    expect([...order].sort()).toEqual(['card', 'eval', 'fair', 'gate', 'mark', 'predict']);
    for (const { from, to } of demo.edges) {
      if (order.includes(from) && order.includes(to)) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
    }
    expect(reach(graph.before, 'data')).toEqual(
      new Map([
        ['add', 1],
        ['file', 2],
      ]),
    );
  });
  it('folds equals only where there are too many, and never what is kept', () => {
    const nodes = ['root', ...Array.from({ length: 400 }, (_, i) => `leaf${i}`)].map((id) => ({
      id,
      kind: id === 'root' ? 'dataset' : 'evidence',
    }));
    const edges = nodes.slice(1).map((node) => ({ from: 'root', to: node.id }));
    expect(fold(nodes, edges, 1000, new Set()).nodes).toHaveLength(401);
    const folded = fold(nodes, edges, 300, new Set(['leaf7']));
    expect(folded.nodes).toHaveLength(3);
    expect(folded.nodes.some((node) => node.id === 'leaf7')).toBe(true);
  });
});
