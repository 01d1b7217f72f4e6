import { describe, expect, it } from 'vitest';
import type { LineageNode } from '../../api/types';
import { graphOf } from '../../charts/graph';
import { litBy, nodeName, outlineOf, pageOf } from './nodes';

const node = (given: Partial<LineageNode>): LineageNode => ({
  id: 'x',
  kind: 'evidence',
  name: '',
  version: null,
  digest: 'sha256:0123456789abcdef',
  state: '',
  time: '',
  ...given,
});

describe('things of the lineage', () => {
  it('are called by name and version, else by digest', () => {
    expect(nodeName(node({ name: 'mortgage', version: 2 }))).toBe('mortgage@2');
    expect(nodeName(node({}))).toBe('0123456789ab');
    expect(nodeName(node({ digest: '', id: 'run:7' }))).toBe('run:7');
  });
  it('lead to their own pages', () => {
    expect(pageOf('w', node({ kind: 'dataset', name: 'a b', version: 3 }))).toBe('/w/w/data/a%20b/3');
    expect(pageOf('w', node({ kind: 'model', name: 'm', version: 1 }))).toBe('/w/w/models/m/1');
    expect(pageOf('w', node({ kind: 'run', id: '01a2' }))).toBe('/w/w/runs/01a2');
    expect(pageOf('w', node({}))).toContain('/w/w/evidence/sha256');
    expect(pageOf('w', node({ kind: 'file' }))).toBeNull();
  });
  const graph = graphOf(
    ['a', 'b', 'c', 'd'],
    [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'c' },
      { from: 'b', to: 'd' },
      { from: 'c', to: 'd' },
      { from: 'd', to: 'b' },
    ],
  );
  it('make a tree that names what was shown before once, also in a cycle', () => {
    const [b, c] = outlineOf(graph.after, 'a', '>');
    expect(b).toMatchObject({ id: 'b', level: 1, repeated: false });
    expect(b?.children[0]).toMatchObject({ id: 'd', level: 2 });
    expect(b?.children[0]?.children[0]).toMatchObject({ id: 'b', repeated: true, children: [] });
    expect(c?.children[0]).toMatchObject({ id: 'd', repeated: true });
  });
  it('are lit with all before and after them', () => {
    expect(litBy(graph, null)).toBeNull();
    expect(litBy(graph, 'nowhere')).toBeNull();
    expect([...(litBy(graph, 'c') ?? [])].sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});
