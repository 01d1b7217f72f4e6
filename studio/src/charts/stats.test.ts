import { describe, expect, it } from 'vitest';
import { decide, decideGap, newcombe, normalQuantile, readRequirement, rowsNeeded, wilson } from './stats';
import oracle from './testdata/intervals.json';

describe('intervals', () => {
  it.each(oracle.wilson)('Wilson $k of $n at $level agrees with statsmodels', ({ k, n, level, lo, hi }) => {
    const found = wilson(k, n, level);
    expect(Math.abs((found?.low ?? NaN) - lo)).toBeLessThan(oracle.tolerance);
    expect(Math.abs((found?.high ?? NaN) - hi)).toBeLessThan(oracle.tolerance);
  });
  it.each(oracle.newcombe_difference)(
    'Newcombe $k1/$n1 - $k2/$n2 agrees with statsmodels',
    ({ k1, n1, k2, n2, level, lo, hi }) => {
      const found = newcombe(k1, n1, k2, n2, level);
      expect(Math.abs((found?.low ?? NaN) - lo)).toBeLessThan(oracle.tolerance);
      expect(Math.abs((found?.high ?? NaN) - hi)).toBeLessThan(oracle.tolerance);
    },
  );
  it('gives nothing without rows: no rows is not a rate of nought', () => {
    expect(wilson(0, 0)).toBeNull();
    expect(newcombe(0, 0, 1, 2)).toBeNull();
  });
  it('knows normal quantiles in the middle and in both tails', () => {
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0.999)).toBeCloseTo(3.090232306167813, 13);
    expect(normalQuantile(1e-12)).toBeCloseTo(-7.034483825301131, 11);
  });
});

describe('decision states', () => {
  it.each([
    [0.06, 0.2, 'failed'],
    [-0.2, -0.06, 'failed'],
    [-0.05, 0.05, 'held'],
    [-0.01, 0.02, 'held'],
    [0.04, 0.06, 'not_decided'],
    [-0.06, 0.01, 'not_decided'],
    [-1, 1, 'not_decided'],
  ] as const)('gap of %f to %f against 0.05 is %s', (low, high, state) => {
    expect(decideGap(low, high, 0.05)).toBe(state);
  });
  it('does not decide without an interval', () => {
    expect(decideGap(null, 0.01, 0.05)).toBe('not_decided');
    expect(decide(NaN, 0.01, '<=', 0.05)).toBe('not_decided');
  });
  it.each([
    [0.83, 0.95, '>=', 0.8, 'held'],
    [0.7, 0.95, '>=', 0.8, 'not_decided'],
    [0.6, 0.79, '>=', 0.8, 'failed'],
    [0.8, 0.9, '>=', 0.8, 'held'],
    [0.8, 0.9, '>', 0.8, 'not_decided'],
    [0, 0.34, '<=', 0.1, 'not_decided'],
    [0, 0.1, '<=', 0.1, 'held'],
    [0, 0.1, '<', 0.1, 'not_decided'],
    [0.11, 0.2, '<=', 0.1, 'failed'],
  ] as const)('%f to %f %s %f is %s', (low, high, comparison, limit, state) => {
    expect(decide(low, high, comparison, limit)).toBe(state);
  });
});

describe('rows needed', () => {
  it('is the smallest number that reaches the half-width', () => {
    const n = rowsNeeded(0.33, 0.06, 562, 0.05);
    const half = (rows: number): number => 1.959963984540054 * Math.sqrt((0.33 * 0.67) / rows + (0.06 * 0.94) / 562);
    expect(half(n)).toBeLessThanOrEqual(0.05);
    expect(half(n - 1)).toBeGreaterThan(0.05);
  });
  it('is infinite when the larger group alone is too noisy', () => {
    expect(rowsNeeded(0.3, 0.5, 100, 0.05)).toBe(Infinity);
  });
});

describe('requirements', () => {
  it('reads metric, comparison and limit', () => {
    expect(readRequirement('favorable_rate_ratio(group=afam) >= 0.80')).toEqual({
      metric: 'favorable_rate_ratio',
      comparison: '>=',
      limit: 0.8,
    });
    expect(readRequirement('equalized_odds_difference(group=a) <= 5 %')).toEqual({
      metric: 'equalized_odds_difference',
      comparison: '<=',
      limit: 0.05,
    });
    expect(readRequirement('signed by two')).toBeNull();
  });
});
