import { describe, expect, it } from 'vitest';
import type { FairnessView, Figure, Gap, Rule, State } from '../../api/types';
import { gapParts, headlineGaps, isFavorable, metricsOf, unitOf } from './metrics';
import { intervalRows, sameSlice, sliceName } from './slices';
import { judge, rowsForWidth, rulingOf } from './tiles';

function figure(name: string, given: Partial<Figure> = {}): Figure {
  return { name, value: 0.1, low: 0.02, high: 0.2, level: 0.95, method: 'newcombe', n: 100, ...given };
}
function gap(name: string, rules: Rule[] = [], given: Partial<Figure> = {}): Gap {
  return {
    figure: figure(name, { group: ['sex'], ...given }),
    rules,
    rows_needed: [],
    settled: null,
    null_expected: null,
    bias_corrected: null,
  };
}
function rule(state: State, require: string, limit: number | null = null): Rule {
  return {
    id: 'r',
    require,
    because: '',
    state,
    effect: 'warn',
    value: 0.1,
    low: 0.02,
    high: 0.2,
    limit,
    evidence: [],
    why: '',
  };
}

describe('names of metrics', () => {
  it('part into base and kind, and know their coding', () => {
    expect(gapParts('false_positive_rate_difference')).toEqual({ base: 'false_positive_rate', kind: 'difference' });
    expect(gapParts('accuracy')).toBeNull();
    expect(isFavorable('favorable_rate_ratio')).toBe(true);
    expect(isFavorable('adverse_impact_ratio')).toBe(true);
    expect(isFavorable('selection_rate')).toBe(false);
    expect(unitOf({ name: 'auc' })).toBe('number');
    expect(unitOf({ name: 'precision' })).toBe('percent');
  });
  it('come in a fixed order', () => {
    const slices = [{ metrics: ['zz', 'accuracy', 'selection_rate', 'aa'].map((name) => figure(name)) }];
    expect(metricsOf(slices)).toEqual(['selection_rate', 'accuracy', 'aa', 'zz']);
  });
});

describe('the gaps on top', () => {
  const gaps = [
    'accuracy_difference',
    'demographic_parity_difference',
    'selection_rate_difference',
    'false_positive_rate_difference',
    'false_negative_rate_difference',
    'true_positive_rate_difference',
  ].map((name) => gap(name));
  it('put declared harms first, then rules, then the usual ones, no quantity twice', () => {
    const named = (list: Gap[]): string[] => list.map((each) => each.figure.name);
    expect(named(headlineGaps(gaps, []))).toEqual([
      'selection_rate_difference',
      'false_positive_rate_difference',
      'false_negative_rate_difference',
    ]);
    const ruled = [
      ...gaps,
      gap('equalized_odds_difference', [rule('held', 'equalized_odds_difference(group=sex) <= 0.1')]),
    ];
    expect(named(headlineGaps(ruled, [{ metric: 'accuracy_difference' }]))).toEqual([
      'accuracy_difference',
      'equalized_odds_difference',
      'selection_rate_difference',
    ]);
    expect(headlineGaps(gaps, [{ metric: 'not_there(group=sex)' }])).toHaveLength(3);
  });
  it('take the decision of the gate, the least favourable rule first', () => {
    const rules = [
      rule('held', 'x_difference(group=sex) <= 0.5', 0.5),
      rule('failed', 'x_difference(group=sex) <= 0.01'),
    ];
    expect(rulingOf(rules)?.state).toBe('failed');
    expect(judge(gap('x_difference', rules), 0.5)).toMatchObject({ state: 'failed', limit: 0.01, comparison: '<=' });
  });
  it('are judged by the tried limit only where there is no rule', () => {
    expect(judge(gap('x_difference'), null).state).toBe('none');
    expect(judge(gap('x_difference'), 0.1).state).toBe('not_decided');
    expect(judge(gap('x_difference'), 0.25).state).toBe('held');
    expect(judge(gap('x_difference'), 0.01).state).toBe('failed');
    expect(judge(gap('x_ratio', [], { value: 0.9, low: 0.85, high: 0.95 }), 0.2)).toMatchObject({
      state: 'held',
      limit: 0.8,
      comparison: '>=',
    });
    expect(judge(gap('x_difference', [], { low: null, high: null }), 0.1).state).toBe('not_decided');
  });
  it('say how many rows the smallest group needs, as on the picture of the specification', () => {
    const slice = (value: string, n: number, rate: number) => ({
      slice: { sex: value },
      n,
      low_support: false,
      confusion: null,
      metrics: [figure('selection_rate', { n, value: rate })],
    });
    const view = { slices: [slice('f', 67, 22 / 67), slice('m', 562, 34 / 562)] } as unknown as FairnessView;
    const need = rowsForWidth(view, gap('demographic_parity_difference'), 0.05);
    expect(need).toMatchObject({ group: 'sex = f', have: 67 });
    expect(need?.rows).toBe(402);
    expect(rowsForWidth(view, gap('selection_rate_ratio'), 0.05)).toBeNull();
  });
});

describe('groups', () => {
  it('are named by their values, missing as the empty set', () => {
    expect(sliceName({ sex: 'f', age: null })).toBe('sex = f, age = \u2205');
    expect(sameSlice({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
    expect(sameSlice({ a: '1' }, { a: '1', b: '2' })).toBe(false);
  });
  it('keep their reason when they have no figure', () => {
    const rows = intervalRows(
      [
        {
          slice: { sex: 'x' },
          n: 0,
          low_support: true,
          confusion: null,
          metrics: [figure('precision', { n: 0, value: null, low: null, high: null, why: 'nobody is selected' })],
        },
      ],
      'precision',
    );
    expect(rows[0]).toMatchObject({ n: 0, value: null, why: 'nobody is selected', lowSupport: true });
    expect(
      intervalRows([{ slice: { sex: 'x' }, n: 5, low_support: false, confusion: null, metrics: [] }], 'precision')[0],
    ).toMatchObject({ n: 0, value: null });
  });
});
