// The browser's twin of the server's intervals: used where a person moves a limit or a threshold and must not wait
// for a round trip. Checked against shared/oracles/studio/intervals.json (statsmodels 0.15.0) to 1e-10.

export interface Interval {
  low: number;
  high: number;
}

export type DecisionState = 'held' | 'not_decided' | 'failed';

const CENTRE_TOP = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
];
const CENTRE_BOTTOM = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852854561,
];
const MIDDLE_TOP = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
];
const MIDDLE_BOTTOM = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
];
const TAIL_TOP = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
];
const TAIL_BOTTOM = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
];

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i -= 1) sum = sum * x + (coefficients[i] as number);
  return sum;
}

/** Quantile of the standard normal law; 0 < p < 1. Source: Wichura, AS 241 (PPND16), Applied Statistics 1988. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE_TOP, r)) / polynomial(CENTRE_BOTTOM, r);
  }
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  const size =
    r <= 5
      ? polynomial(MIDDLE_TOP, r - 1.6) / polynomial(MIDDLE_BOTTOM, r - 1.6)
      : polynomial(TAIL_TOP, r - 5) / polynomial(TAIL_BOTTOM, r - 5);
  return q < 0 ? -size : size;
}

function twoSided(level: number): number {
  return normalQuantile(1 - (1 - level) / 2);
}

/** Wilson score interval of k in n; null when n is 0: no rows is not a rate of nought. Source: Wilson, 1927. */
export function wilson(k: number, n: number, level = 0.95): Interval | null {
  if (!(n > 0)) return null;
  const z = twoSided(level);
  const p = k / n;
  const shrink = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / shrink;
  const half = (z / shrink) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: k === 0 ? 0 : Math.max(0, centre - half), high: k === n ? 1 : Math.min(1, centre + half) };
}

/** Interval of k1/n1 - k2/n2 by the hybrid score method. Source: Newcombe, Statistics in Medicine 1998, method 10. */
export function newcombe(k1: number, n1: number, k2: number, n2: number, level = 0.95): Interval | null {
  const first = wilson(k1, n1, level);
  const second = wilson(k2, n2, level);
  if (!first || !second) return null;
  const p1 = k1 / n1;
  const p2 = k2 / n2;
  return {
    low: p1 - p2 - Math.hypot(p1 - first.low, second.high - p2),
    high: p1 - p2 + Math.hypot(first.high - p1, p2 - second.low),
  };
}

/** State of a gap against a two-sided limit: the whole interval within, the whole beyond, or the data cannot tell. */
export function decideGap(low: number | null, high: number | null, limit: number): DecisionState {
  if (low === null || high === null || Number.isNaN(low) || Number.isNaN(high)) return 'not_decided';
  if (low > limit || high < -limit) return 'failed';
  return low >= -limit && high <= limit ? 'held' : 'not_decided';
}

export type Comparison = '<=' | '<' | '>=' | '>';

/** State of a one-sided requirement, as the gate reads it: the interval must lie wholly on the right side. */
export function decide(low: number | null, high: number | null, comparison: Comparison, limit: number): DecisionState {
  if (low === null || high === null || Number.isNaN(low) || Number.isNaN(high)) return 'not_decided';
  const holds = (x: number): boolean =>
    comparison === '<=' ? x <= limit : comparison === '<' ? x < limit : comparison === '>=' ? x >= limit : x > limit;
  const bad = comparison.startsWith('<') ? high : low;
  const good = comparison.startsWith('<') ? low : high;
  if (holds(bad)) return 'held';
  return holds(good) ? 'not_decided' : 'failed';
}

/**
 * Rows that the smaller group needs before the interval of the gap is at most +-limit wide on each side; Infinity when
 * the larger group's own noise exceeds it, so that no number of rows of this group will do.
 */
export function rowsNeeded(rateSmall: number, rateLarge: number, rowsLarge: number, limit: number): number {
  const z = normalQuantile(0.975);
  const room = (limit / z) ** 2 - (rateLarge * (1 - rateLarge)) / rowsLarge;
  const spread = rateSmall * (1 - rateSmall);
  if (room <= 0) return spread === 0 && room === 0 ? 1 : Infinity;
  return Math.max(1, Math.ceil(spread / room));
}

/** Comparison and limit out of a rule's text, e.g. "auc >= 0.70"; null when it holds none. */
export function readRequirement(text: string): { metric: string; comparison: Comparison; limit: number } | null {
  const found = /^\s*([\w.]+)\s*(?:\([^)]*\))?\s*(<=|>=|<|>)\s*(-?[\d.]+(?:e[-+]?\d+)?)(\s*%)?\s*$/i.exec(text);
  if (!found) return null;
  const limit = Number(found[3]) / (found[4] ? 100 : 1);
  return Number.isFinite(limit) ? { metric: found[1] as string, comparison: found[2] as Comparison, limit } : null;
}
