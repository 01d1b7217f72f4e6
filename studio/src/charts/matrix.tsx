// Two attributes crossed: a cell per pair, darker for a higher rate, hatched where too few rows carry it.
import { type ReactNode, useId } from 'react';
import { ChartFrame, type Reading } from './chart_frame';
import type { Origin } from './csv';
import { type Unit, formatCount, formatLevel, formatUnit, middleEllipsis } from './format';
import { extent } from './scale';
import type { ColumnUnit } from './table';
import { useChartText } from './text';
import { textWidth } from './text_width';

export interface MatrixCell {
  row: string;
  column: string;
  n: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

interface MatrixProps {
  title: string;
  heading?: 0 | 2 | 3;
  note?: ReactNode;
  rowName: string;
  columnName: string;
  cells: readonly MatrixCell[];
  minimum: number;
  /** confidence of the intervals, 0 to 1 */
  level: number;
  unit: Unit;
  origin: Origin | null;
  onEnter?: (cell: MatrixCell) => void;
}

const CELL = 52;
const TOP = 46;
const SHADES = 7;

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** Shade 0 to 6 of a value between the least and the greatest. */
export function shadeOf(value: number, low: number, high: number): number {
  if (!(high > low)) return Math.floor(SHADES / 2);
  return Math.min(SHADES - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * SHADES)));
}

export function Matrix({
  title,
  heading = 2,
  note,
  rowName,
  columnName,
  cells,
  minimum,
  level: confidence,
  unit,
  origin,
  onEnter,
}: MatrixProps): ReactNode {
  const { t, locale } = useChartText();
  const level = formatLevel(confidence, locale);
  const hatch = useId().replaceAll(':', '');
  const rows = distinct(cells.map((cell) => cell.row));
  const columns = distinct(cells.map((cell) => cell.column));
  const [low, high] = extent(
    cells.filter((cell) => cell.n >= minimum).map((cell) => cell.value),
    [0, 1],
  );
  const say = (value: number | null): string => formatUnit(value, unit, locale);
  const kind: ColumnUnit = unit === 'seconds' ? 'number' : unit;
  const labels = Math.min(180, Math.max(64, ...rows.map((row) => textWidth(row, 14) + 24)));
  const place = (width: number): { left: number; step: number } => {
    const left = Math.min(labels, Math.floor(width * 0.34));
    return { left, step: Math.min(150, (width - left - 12) / Math.max(1, columns.length)) };
  };
  const wordsOf = (cell: MatrixCell): string => {
    const label = `${rowName} ${cell.row}, ${columnName} ${cell.column}`;
    if (cell.value === null || cell.n === 0) return t('charts.reading_none', { label, why: t('charts.no_rows') });
    const words = t('charts.reading_interval', {
      label,
      value: say(cell.value),
      low: say(cell.low),
      high: say(cell.high),
      n: cell.n,
      level,
    });
    return cell.n < minimum ? `${words} (${t('charts.low_support')})` : words;
  };
  const known = cells.filter((cell) => cell.value !== null && cell.n >= minimum);
  const top = known.reduce<MatrixCell | null>(
    (best, cell) => (!best || (cell.value as number) > (best.value as number) ? cell : best),
    null,
  );
  const bottom = known.reduce<MatrixCell | null>(
    (best, cell) => (!best || (cell.value as number) < (best.value as number) ? cell : best),
    null,
  );
  const name = (cell: MatrixCell): string => `${cell.row} \u00d7 ${cell.column}`;
  const thin = cells.filter((cell) => cell.n < minimum).length;
  return (
    <ChartFrame
      {...{ title, heading, note, origin }}
      summary={
        top && bottom
          ? t('charts.summary_matrix', {
              low: say(bottom.value),
              lowest: name(bottom),
              high: say(top.value),
              highest: name(top),
              thin,
            })
          : t('charts.no_rows')
      }
      minWidth={Math.min(labels, 130) + columns.length * 74 + 12}
      height={TOP + rows.length * CELL + 12}
      {...(onEnter ? { onEnter: (i: number) => onEnter(cells[i] as MatrixCell) } : {})}
      table={{
        columns: [
          { key: 'row', label: rowName, unit: 'text' },
          { key: 'column', label: columnName, unit: 'text' },
          { key: 'n', label: t('charts.rows'), unit: 'count' },
          { key: 'value', label: t('charts.value'), unit: kind },
          { key: 'low', label: t('charts.low', { level }), unit: kind },
          { key: 'high', label: t('charts.high', { level }), unit: kind },
        ],
        rows: cells.map((cell) => [cell.row, cell.column, cell.n, cell.value, cell.low, cell.high]),
      }}
      readings={(width): Reading[] => {
        const { left, step } = place(width);
        return cells.map((cell) => ({
          text: wordsOf(cell),
          x: left + (columns.indexOf(cell.column) + 0.5) * step,
          y: TOP + (rows.indexOf(cell.row) + 0.5) * CELL,
        }));
      }}
    >
      {({ width, cursor }) => {
        const { left, step } = place(width);
        return (
          <>
            <defs>
              <pattern id={hatch} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <line x1={0} x2={0} y1={0} y2={6} className="chart-hatch" />
              </pattern>
            </defs>
            <text x={left} y={16} className="chart-tick">
              {middleEllipsis(columnName, 40)}
            </text>
            <text x={12} y={TOP - 10} className="chart-tick">
              {middleEllipsis(rowName, Math.floor(left / 8))}
            </text>
            {columns.map((column, i) => (
              <text key={column} x={left + (i + 0.5) * step} y={TOP - 10} textAnchor="middle" className="chart-name">
                <title>{column}</title>
                {middleEllipsis(column, Math.max(4, Math.floor(step / 8)))}
              </text>
            ))}
            {rows.map((row, i) => (
              <text key={row} x={12} y={TOP + (i + 0.5) * CELL + 5} className="chart-name">
                <title>{row}</title>
                {middleEllipsis(row, Math.max(4, Math.floor((left - 16) / 7.5)))}
              </text>
            ))}
            {cells.map((cell, i) => {
              const x = left + columns.indexOf(cell.column) * step;
              const y = TOP + rows.indexOf(cell.row) * CELL;
              const few = cell.n < minimum || cell.value === null;
              const shade = few ? null : shadeOf(cell.value as number, low, high);
              const tone = shade === null ? 'chart-cell-few' : `chart-shade-${shade}`;
              return (
                <g key={i} className={tone}>
                  <rect x={x + 1} y={y + 1} width={Math.max(1, step - 2)} height={CELL - 2} className="chart-cell" />
                  {few && (
                    <rect x={x + 1} y={y + 1} width={Math.max(1, step - 2)} height={CELL - 2} fill={`url(#${hatch})`} />
                  )}
                  {few && <rect x={x + step / 2 - 30} y={y + 7} width={60} height={CELL - 14} className="chart-cell" />}
                  <text x={x + step / 2} y={y + 24} textAnchor="middle" className="chart-cell-text">
                    {cell.value === null ? '\u2014' : say(cell.value)}
                  </text>
                  <text
                    x={x + step / 2}
                    y={y + 41}
                    textAnchor="middle"
                    className="chart-cell-n"
                  >{`n ${formatCount(cell.n, locale)}`}</text>
                  {cursor === i && (
                    <rect
                      data-live=""
                      x={x + 1}
                      y={y + 1}
                      width={Math.max(1, step - 2)}
                      height={CELL - 2}
                      className="chart-cursor"
                    />
                  )}
                </g>
              );
            })}
          </>
        );
      }}
    </ChartFrame>
  );
}
