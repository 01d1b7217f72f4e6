import { describe, expect, it } from 'vitest';
import type { Column } from '../../api/types';
import { allMissing, drawable, filterColumns, sortColumns, topBars, windowOf } from './columns';

function column(given: Partial<Column> & { name: string }): Column {
  return {
    type: 'float',
    role: 'feature',
    nullable: false,
    count: 100,
    missing: 0,
    distinct: 10,
    exact: true,
    mean: null,
    standard_deviation: null,
    min: null,
    max: null,
    zeros: null,
    quantiles: [],
    histogram: null,
    top: [],
    domain: [],
    anomalies: [],
    unusualness: 0,
    ...given,
  };
}

const odd = {
  code: 'constant' as const,
  severity: 'warning' as const,
  message: { key: 'anomaly.constant', args: {}, text: 'one value' },
};
const columns = [
  column({ name: 'x10', unusualness: 0.2, missing: 5, distinct: 3 }),
  column({ name: 'x9', unusualness: 0.9, type: 'text', role: 'protected', distinct: 7 }),
  column({ name: 'label', unusualness: 0.2, missing: 50, anomalies: [odd], distinct: 7 }),
];
const names = (list: readonly Column[]): string[] => list.map((each) => each.name);

describe('columns', () => {
  it('sort the odd ones first, equal ones as the data set has them', () => {
    expect(names(sortColumns(columns, 'unusual', false, 100, 'en'))).toEqual(['x9', 'x10', 'label']);
    expect(names(sortColumns(columns, 'unusual', true, 100, 'en'))).toEqual(['x10', 'label', 'x9']);
    expect(names(sortColumns(columns, 'missing', false, 100, 'en'))).toEqual(['label', 'x10', 'x9']);
    expect(names(sortColumns(columns, 'name', false, 100, 'en'))).toEqual(['label', 'x9', 'x10']);
    expect(names(sortColumns(columns, 'type', false, 100, 'en'))).toEqual(['label', 'x10', 'x9']);
  });
  it('filter by every word, in name, type and role', () => {
    expect(names(filterColumns(columns, 'X1', false))).toEqual(['x10']);
    expect(names(filterColumns(columns, 'text prot', false))).toEqual(['x9']);
    expect(names(filterColumns(columns, '', true))).toEqual(['label']);
    expect(filterColumns(columns, 'nothing', false)).toEqual([]);
  });
  it('draw nothing for all missing, one bin for one value', () => {
    expect(allMissing(column({ name: 'a', missing: 100 }), 100)).toBe(true);
    expect(allMissing(column({ name: 'a', missing: 0 }), 0)).toBe(false);
    expect(drawable(column({ name: 'a' }))).toBeNull();
    expect(drawable(column({ name: 'a', histogram: { edges: [1, 2], counts: [] } }))).toBeNull();
    expect(drawable(column({ name: 'a', histogram: { edges: [3, 3], counts: [100] } }))?.counts).toEqual([100]);
  });
  it('never lose a row of a million values: the rest is other, then missing', () => {
    const top = Array.from({ length: 60 }, (_, i) => ({ value: `v${i}`, count: 60 - i }));
    const bars = topBars(column({ name: 'id', distinct: 1_000_000, missing: 10, top }), 5000, 31);
    expect(bars).toHaveLength(33);
    expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(5000);
    expect(bars.slice(-2).map((bar) => bar.kind)).toEqual(['other', 'missing']);
    expect(topBars(column({ name: 'id', top }), 5000, 31, 'v59')[0]?.label).toBe('v59');
  });
});

describe('the window of a long list', () => {
  it('keeps the height of the whole, wherever it stands', () => {
    for (const top of [0, 100, 45 * 5000, 45 * 9990]) {
      const part = windowOf(10_000, 45, top, 600, 20, 700);
      expect(part.before + (part.to - part.from) * 45 + (part.from <= 20 && part.to > 20 ? 700 : 0) + part.after).toBe(
        10_000 * 45 + 700,
      );
      expect(part.to - part.from).toBeLessThan(60);
    }
  });
  it('shows what is on screen, with an open row above or within', () => {
    const part = windowOf(10_000, 45, 45 * 100 + 700, 450, 20, 700);
    expect(part.from).toBeLessThanOrEqual(100);
    expect(part.to).toBeGreaterThanOrEqual(110);
    expect(windowOf(3, 45, 0, 600, -1, 0)).toEqual({ from: 0, to: 3, before: 0, after: 0 });
    expect(windowOf(0, 45, 0, 600, -1, 0)).toEqual({ from: 0, to: 0, before: 0, after: 0 });
  });
});
