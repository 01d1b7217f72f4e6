// What the page knows about a metric's name: its parts, its coding, its formula, whether it is a rate.
import type { Figure, Gap } from '../../api/types';
import type { Unit } from '../../charts/format';
import type { Translate } from '../../i18n';

/** Formulas in the signs of the confusion matrix; the same in every language. */
const FORMULAS: Record<string, string> = {
  accuracy: '(TP + TN) / n',
  selection_rate: '(TP + FP) / n',
  favorable_rate: 'n(decision = favorable) / n',
  true_positive_rate: 'TP / (TP + FN)',
  false_positive_rate: 'FP / (FP + TN)',
  true_negative_rate: 'TN / (FP + TN)',
  false_negative_rate: 'FN / (TP + FN)',
  precision: 'TP / (TP + FP)',
  negative_predictive_value: 'TN / (TN + FN)',
  false_discovery_rate: 'FP / (TP + FP)',
  false_omission_rate: 'FN / (TN + FN)',
  prevalence: '(TP + FN) / n',
  zero_one_loss: '(FP + FN) / n',
  balanced_accuracy: '(TPR + TNR) / 2',
  f1: '2 TP / (2 TP + FP + FN)',
  auc: 'P(score of a positive > score of a negative)',
  average_precision: '\u03a3 (R\u2099 \u2212 R\u2099\u208b\u2081) P\u2099',
  brier_score: 'mean (score \u2212 outcome)\u00b2',
  log_loss: '\u2212mean log p(outcome)',
  calibration_ratio: 'mean score / share positive',
  matthews_correlation: '(TP\u00b7TN \u2212 FP\u00b7FN) / \u221a((TP+FP)(TP+FN)(TN+FP)(TN+FN))',
  demographic_parity: '(TP + FP) / n',
  equal_opportunity: 'TP / (TP + FN)',
  equalized_odds: 'max(|\u0394TPR|, |\u0394FPR|)',
  adverse_impact: 'favorable rate / highest favorable rate',
};

/** Names for one and the same quantity; a page shows it once. */
const SAME: Record<string, string> = {
  demographic_parity: 'selection_rate',
  equal_opportunity: 'true_positive_rate',
};

export type GapKind = 'difference' | 'ratio' | 'gap';

export function gapParts(name: string): { base: string; kind: GapKind } | null {
  const found = /^(.+)_(difference|ratio|gap)$/.exec(name);
  return found ? { base: found[1] as string, kind: found[2] as GapKind } : null;
}

export function baseOf(name: string): string {
  return gapParts(name)?.base ?? name;
}

export function formulaOf(base: string): string | null {
  return FORMULAS[base] ?? null;
}

/** Favorable figures count who gets the good outcome; all others count who gets the positive one. */
export function isFavorable(name: string): boolean {
  return name.startsWith('favorable_') || name.startsWith('adverse_impact');
}

const NUMBERS = new Set([
  'matthews_correlation',
  'diagnostic_odds_ratio',
  'positive_likelihood_ratio',
  'negative_likelihood_ratio',
  'auc',
  'average_precision',
  'log_loss',
  'brier_score',
  'calibration_ratio',
  'informedness',
  'markedness',
]);

/** Unit of a figure of one group. */
export function unitOf(figure: Pick<Figure, 'name' | 'unit'>): Unit {
  if (figure.unit === 'count' || figure.unit === 'seconds') return figure.unit;
  return NUMBERS.has(figure.name) ? 'number' : 'percent';
}

/** Name of a metric of one group, in words; a name that the catalogue lacks is shown as it is. */
export function metricName(t: Translate, name: string): string {
  const key = `fairness.metric_${name}`;
  return t.has(key) ? t(key) : name.replaceAll('_', ' ');
}

export function gapName(t: Translate, name: string): string {
  const parts = gapParts(name);
  if (!parts) return metricName(t, name);
  const own = `fairness.gap_${name}`;
  if (t.has(own)) return t(own);
  return t(`fairness.kind_${parts.kind}`, { metric: metricName(t, parts.base) });
}

function plainName(text: string): string {
  return text.replace(/\(.*$/, '').trim();
}

function sameQuantity(name: string): string {
  const parts = gapParts(name);
  if (!parts) return name;
  const base = SAME[parts.base] ?? parts.base;
  // The gap in misses is the gap in hits seen from the other side.
  return `${base === 'false_negative_rate' ? 'true_positive_rate' : base}|${parts.kind}`;
}

const USUAL = [
  'selection_rate_difference',
  'demographic_parity_difference',
  'false_positive_rate_difference',
  'false_negative_rate_difference',
  'true_positive_rate_difference',
  'accuracy_difference',
];

/** The gaps for the tiles: those of a declared harm first, then those with a rule, then the usual ones; at most `most`. */
export function headlineGaps(gaps: readonly Gap[], harms: readonly { metric: string }[], most = 3): Gap[] {
  const whole = gaps.filter((gap) => !gap.figure.slice);
  const byName = new Map(whole.map((gap) => [gap.figure.name, gap]));
  const wanted = [
    ...harms.map((harm) => byName.get(plainName(harm.metric))),
    ...whole.filter((gap) => gap.rules.length > 0),
    ...USUAL.map((name) => byName.get(name)),
    ...whole.filter((gap) => gapParts(gap.figure.name)?.kind === 'difference'),
  ];
  const seen = new Set<string>();
  const chosen: Gap[] = [];
  for (const gap of wanted) {
    if (!gap || chosen.length >= most) continue;
    const what = sameQuantity(gap.figure.name);
    if (seen.has(what) || seen.has(gap.figure.name)) continue;
    seen.add(what).add(gap.figure.name);
    chosen.push(gap);
  }
  return chosen;
}

/** Metrics that groups have, in a fixed order: what decides first, then errors, then the rest by name. */
const ORDER = [
  'selection_rate',
  'false_positive_rate',
  'false_negative_rate',
  'true_positive_rate',
  'precision',
  'accuracy',
];

/** Metrics that are offered without asking for more. */
export function isUsual(name: string): boolean {
  return ORDER.includes(name) || isFavorable(name);
}

export function metricsOf(slices: readonly { metrics: readonly Figure[] }[]): string[] {
  const names = [...new Set(slices.flatMap((slice) => slice.metrics.map((figure) => figure.name)))];
  const rank = (name: string): number => {
    const at = ORDER.indexOf(name);
    return at < 0 ? ORDER.length : at;
  };
  return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
