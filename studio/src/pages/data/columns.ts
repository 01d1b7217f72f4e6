// Sorting and filtering of columns, and the few derived words that the table shows.
import type { Column } from '../../api/types';
import type { Histogram } from '../../charts/bins';

export const SORTS = ['unusual', 'name', 'missing', 'type', 'distinct'] as const;
export type Sort = (typeof SORTS)[number];

/** The sorts that start with the largest. */
export const DESCENDING: ReadonlySet<Sort> = new Set(['unusual', 'missing', 'distinct']);

export function missingShare(column: Column, rows: number): number {
  return rows > 0 ? column.missing / rows : 0;
}

export function allMissing(column: Column, rows: number): boolean {
  return rows > 0 && column.missing >= rows;
}

/** Columns in the wanted order; equal ones stay as the data set has them. */
export function sortColumns(
  columns: readonly Column[],
  sort: Sort,
  reversed: boolean,
  rows: number,
  locale: string,
): Column[] {
  const collator = new Intl.Collator(locale, { numeric: true });
  const order: Record<Sort, (a: Column, b: Column) => number> = {
    unusual: (a, b) => b.unusualness - a.unusualness,
    name: (a, b) => collator.compare(a.name, b.name),
    missing: (a, b) => missingShare(b, rows) - missingShare(a, rows),
    type: (a, b) => collator.compare(a.type, b.type) || collator.compare(a.name, b.name),
    distinct: (a, b) => b.distinct - a.distinct,
  };
  const way = reversed ? -1 : 1;
  return columns
    .map((column, i) => ({ column, i }))
    .sort((a, b) => way * order[sort](a.column, b.column) || a.i - b.i)
    .map(({ column }) => column);
}

/** Columns whose name, type or role holds every word of the filter. */
export function filterColumns(columns: readonly Column[], words: string, onlyOdd: boolean): Column[] {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return columns.filter((column) => {
    if (onlyOdd && column.anomalies.length === 0) return false;
    const text = `${column.name} ${column.type} ${column.role}`.toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** Bins that can be drawn: none without rows, one bin for one value. */
export function drawable(column: Column | undefined): Histogram | null {
  const histogram = column?.histogram;
  if (!histogram || histogram.counts.length === 0 || histogram.edges.length !== histogram.counts.length + 1)
    return null;
  return histogram;
}

export interface TopValue {
  label: string;
  count: number;
  kind: 'value' | 'other' | 'missing';
}

/** The listed values that hold the search text, then all other rows, then missing. */
export function topBars(column: Column, rows: number, most: number, search = ''): TopValue[] {
  const wanted = search.toLocaleLowerCase();
  const found = column.top.filter((item) => item.value.toLocaleLowerCase().includes(wanted)).slice(0, most);
  const listed = found.reduce((sum, item) => sum + item.count, 0);
  const other = rows - column.missing - listed;
  return [
    ...found.map((item) => ({ label: item.value, count: item.count, kind: 'value' as const })),
    ...(other > 0 ? [{ label: '', count: other, kind: 'other' as const }] : []),
    ...(column.missing > 0 ? [{ label: '', count: column.missing, kind: 'missing' as const }] : []),
  ];
}

/** The part of a long list that is on screen, with `spare` rows more on both sides. One row may be taller by `extra`. */
export function windowOf(
  count: number,
  row: number,
  top: number,
  height: number,
  open: number,
  extra: number,
  spare = 8,
): { from: number; to: number; before: number; after: number } {
  const offset = (i: number): number => i * row + (open >= 0 && i > open ? extra : 0);
  let from = Math.max(0, Math.floor(top / row));
  while (from > 0 && offset(from) > top) from -= 1;
  let to = from;
  while (to < count && offset(to) < top + height) to += 1;
  from = Math.max(0, from - spare);
  to = Math.min(count, to + spare);
  return { from, to, before: offset(from), after: offset(count) - offset(to) };
}
