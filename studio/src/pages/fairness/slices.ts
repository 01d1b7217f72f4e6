import type { Figure, Slice } from '../../api/types';
import { asNumber } from '../../charts/format';
import type { IntervalRow } from '../../charts/interval_chart';
import type { FairnessSlice } from '../../api/types';

/** "afam = yes", "afam = yes, single = no"; a missing value is the empty set sign. */
export function sliceName(slice: Slice): string {
  return Object.entries(slice)
    .map(([column, value]) => `${column} = ${value ?? '\u2205'}`)
    .join(', ');
}

export function sameSlice(a: Slice | null | undefined, b: Slice | null | undefined): boolean {
  if (!a || !b) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

export function figureOf(slice: FairnessSlice, name: string): Figure | undefined {
  return slice.metrics.find((figure) => figure.name === name);
}

/** Rows of the interval chart of a metric: one per group; above six groups one colour for all. */
export function intervalRows(slices: readonly FairnessSlice[], name: string): IntervalRow[] {
  return slices.map((slice, i) => {
    const figure = figureOf(slice, name);
    return {
      label: sliceName(slice.slice),
      series: slices.length > 6 ? 0 : i,
      n: figure?.n ?? 0,
      value: asNumber(figure?.value),
      low: asNumber(figure?.low),
      high: asNumber(figure?.high),
      lowFamily: asNumber(figure?.low_family),
      highFamily: asNumber(figure?.high_family),
      lowSupport: (figure?.flags ?? []).includes('low_support') || slice.low_support,
      ...(figure?.why ? { why: figure.why } : {}),
    };
  });
}
