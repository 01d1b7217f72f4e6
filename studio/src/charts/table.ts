// The table behind a chart: shown formatted on the page, written raw into the CSV file.
import type { Cell, Sheet } from './csv';
import { formatCount, formatFixed, formatNumber, formatPercent, formatPoints } from './format';

export type ColumnUnit = 'text' | 'number' | 'count' | 'percent' | 'points' | 'ratio';

export interface ChartColumn {
  /** name in the file, snake_case */
  key: string;
  /** name on the page, translated */
  label: string;
  unit: ColumnUnit;
}

export interface ChartTable {
  columns: readonly ChartColumn[];
  rows: readonly (readonly Cell[])[];
}

export function formatCell(cell: Cell, unit: ColumnUnit, locale: string): string {
  if (cell === null) return '\u2014';
  if (typeof cell === 'string') return cell;
  switch (unit) {
    case 'count':
      return formatCount(cell, locale);
    case 'percent':
      return formatPercent(cell, locale);
    case 'points':
      return formatPoints(cell, locale);
    case 'ratio':
      return formatFixed(cell, locale, 2);
    default:
      return formatNumber(cell, locale);
  }
}

export function sheetOf(table: ChartTable): Sheet {
  return { columns: table.columns.map((column) => column.key), rows: table.rows };
}
