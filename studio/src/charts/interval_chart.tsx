// One row per group: point as a shape, interval as a band, family interval thinner behind it, limit as a line.
import type { ReactNode } from 'react';
import { BottomAxis } from './axis';
import { ChartFrame, type Reading } from './chart_frame';
import type { Origin } from './csv';
import { type Unit, formatCount, formatLevel, formatUnit, middleEllipsis } from './format';
import { IntervalBand, Mark } from './marks';
import { extent, linear, niceDomain } from './scale';
import type { ChartTable, ColumnUnit } from './table';
import { useChartText } from './text';
import { textWidth } from './text_width';

export interface IntervalRow {
  label: string;
  series: number;
  n: number;
  value: number | null;
  low: number | null;
  high: number | null;
  lowFamily?: number | null;
  highFamily?: number | null;
  lowSupport?: boolean;
  why?: string;
}

interface IntervalChartProps {
  title: string;
  heading?: 0 | 2 | 3;
  note?: ReactNode;
  unit: Unit;
  rows: readonly IntervalRow[];
  level: number;
  limit?: number | null;
  better?: 'higher' | 'lower' | 'zero' | undefined;
  origin: Origin | null;
  summary?: string;
}

interface Frame {
  narrow: boolean;
  left: number;
  right: number;
  rowHeight: number;
  top: number;
}

const AXIS = 30;

function frameOf(rows: readonly IntervalRow[], width: number): Frame {
  const narrow = width < 520;
  if (narrow) return { narrow, left: 20, right: width - 20, rowHeight: 50, top: 8 };
  const widest = Math.max(48, ...rows.map((row) => textWidth(row.label, 14)));
  const labels = Math.min(widest, Math.floor(width * 0.32));
  return { narrow, left: 16 + labels + 76, right: width - 88, rowHeight: 36, top: 18 };
}

/** Rates start at nought unless all of them lie far from it; the axis never passes the ends of the unit. */
export function intervalDomain(
  rows: readonly IntervalRow[],
  unit: Unit,
  limit: number | null | undefined,
): [number, number] {
  const values = rows.flatMap((row) => [row.value, row.low, row.high, row.lowFamily, row.highFamily]);
  const [low, high] = extent([...values, limit], [0, 1]);
  const from =
    unit === 'percent' || unit === 'ratio' || unit === 'count' ? (low >= 0 && low < high / 2 ? 0 : low) : low;
  const domain = niceDomain(from, high, 6);
  if (unit === 'percent' && low >= 0 && high <= 1) return [Math.max(0, domain[0]), Math.min(1, domain[1])];
  return domain;
}

function tableOf(
  rows: readonly IntervalRow[],
  unit: Unit,
  t: ReturnType<typeof useChartText>['t'],
  level: string,
): ChartTable {
  const kind: ColumnUnit = unit === 'seconds' ? 'number' : unit;
  const family = rows.some((row) => row.lowFamily != null);
  return {
    columns: [
      { key: 'group', label: t('charts.group'), unit: 'text' },
      { key: 'n', label: t('charts.rows'), unit: 'count' },
      { key: 'value', label: t('charts.value'), unit: kind },
      { key: 'low', label: t('charts.low', { level }), unit: kind },
      { key: 'high', label: t('charts.high', { level }), unit: kind },
      ...(family
        ? [
            { key: 'low_family', label: t('charts.low_family'), unit: kind },
            { key: 'high_family', label: t('charts.high_family'), unit: kind },
          ]
        : []),
      { key: 'note', label: t('charts.note'), unit: 'text' },
    ],
    rows: rows.map((row) => [
      row.label,
      row.n,
      row.value,
      row.low,
      row.high,
      ...(family ? [row.lowFamily ?? null, row.highFamily ?? null] : []),
      row.n === 0 ? t('charts.no_rows') : row.lowSupport ? t('charts.low_support') : (row.why ?? ''),
    ]),
  };
}

export function IntervalChart(props: IntervalChartProps): ReactNode {
  const { title, unit, rows, limit, better, origin } = props;
  const { t, locale } = useChartText();
  const level = formatLevel(props.level, locale);
  const say = (value: number | null): string => formatUnit(value, unit, locale);
  const wordsOf = (row: IntervalRow): string => {
    if (row.n === 0 || row.value === null)
      return t('charts.reading_none', { label: row.label, why: row.why ?? t('charts.no_rows') });
    const words = t('charts.reading_interval', {
      label: row.label,
      value: say(row.value),
      low: say(row.low),
      high: say(row.high),
      n: row.n,
      level,
    });
    return row.lowSupport ? `${words} (${t('charts.low_support')})` : words;
  };
  const rowsWith = rows.filter((row) => row.value !== null);
  const ends = rowsWith.slice().sort((a, b) => (a.value as number) - (b.value as number));
  const first = ends[0];
  const last = ends[ends.length - 1];
  const summary =
    props.summary ??
    (first && last && first !== last
      ? t('charts.summary_interval', {
          low: say(first.value),
          lowest: first.label,
          high: say(last.value),
          highest: last.label,
          count: rows.length,
        })
      : first
        ? wordsOf(first)
        : t('charts.no_rows'));
  const domain = intervalDomain(rows, unit, limit);
  const heightOf = (frame: Frame): number =>
    frame.top + rows.length * frame.rowHeight + AXIS + (frame.narrow && better && better !== 'zero' ? 16 : 0);

  return (
    <WidthAware
      {...{ title, origin, summary }}
      heading={props.heading ?? 2}
      note={props.note}
      rows={rows}
      table={tableOf(rows, unit, t, level)}
      heightOf={heightOf}
      words={wordsOf}
      domain={domain}
      limit={limit ?? null}
      draw={(frame, width, cursor) => {
        const scale = linear(domain, [frame.left, frame.right]);
        const bottom = frame.top + rows.length * frame.rowHeight;
        return (
          <>
            <BottomAxis scale={scale} unit={unit} locale={locale} top={frame.top - 2} bottom={bottom} />
            {rows.map((row, i) => (
              <Row
                key={i}
                {...{ row, frame, width, scale, locale, say }}
                index={i}
                lit={cursor === i}
                none={t('charts.no_rows')}
              />
            ))}
            {limit != null && (
              <LimitLine
                x={scale(limit)}
                top={frame.top - 10}
                bottom={bottom}
                label={t('charts.limit', { value: say(limit) })}
                width={width}
              />
            )}
            {better && better !== 'zero' && (
              <Favourable
                better={better}
                y={bottom + (frame.narrow ? 34 : 16)}
                x={frame.narrow ? 12 : 16}
                text={t(better === 'higher' ? 'charts.better_higher' : 'charts.better_lower')}
              />
            )}
          </>
        );
      }}
    />
  );
}

interface WidthAwareProps {
  title: string;
  heading: 0 | 2 | 3;
  note: ReactNode;
  summary: string;
  origin: Origin | null;
  rows: readonly IntervalRow[];
  table: ChartTable;
  domain: readonly [number, number];
  limit: number | null;
  heightOf: (frame: Frame) => number;
  words: (row: IntervalRow) => string;
  draw: (frame: Frame, width: number, cursor: number | null) => ReactNode;
}

function WidthAware({ rows, heightOf, words, draw, domain, limit, ...rest }: WidthAwareProps): ReactNode {
  const readings = (width: number): Reading[] => {
    const frame = frameOf(rows, width);
    const scale = linear(domain, [frame.left, frame.right]);
    return rows.map((row, i) => ({
      text: words(row),
      x: scale(row.value ?? domain[0]),
      y: frame.top + (i + (frame.narrow ? 0.72 : 0.5)) * frame.rowHeight,
    }));
  };
  return (
    <ChartFrame
      {...rest}
      height={(width) => heightOf(frameOf(rows, width))}
      readings={readings}
      sound={{ series: [rows], domain, limit }}
    >
      {({ width, cursor }) => draw(frameOf(rows, width), width, cursor)}
    </ChartFrame>
  );
}

interface RowProps {
  row: IntervalRow;
  index: number;
  frame: Frame;
  width: number;
  scale: ReturnType<typeof linear>;
  locale: string;
  say: (value: number | null) => string;
  lit: boolean;
  none: string;
}

function Row({ row, index, frame, width, scale, locale, say, lit, none }: RowProps): ReactNode {
  const top = frame.top + index * frame.rowHeight;
  const y = frame.narrow ? top + 34 : top + frame.rowHeight / 2;
  const words = frame.narrow ? top + 16 : y + 5;
  const room = frame.narrow ? width - 150 : frame.left - 16 - 70;
  const label = middleEllipsis(row.label, Math.max(8, Math.floor(room / 7)));
  const known = row.value !== null && row.n > 0;
  const family =
    row.lowFamily != null && row.highFamily != null
      ? ([scale(row.lowFamily), scale(row.highFamily)] as const)
      : undefined;
  return (
    <g>
      {lit && (
        <rect data-live="" x={2} y={top + 1} width={width - 4} height={frame.rowHeight - 2} className="chart-lit" />
      )}
      <text x={frame.narrow ? 12 : 16} y={words} className="chart-label">
        <title>{row.label}</title>
        {label}
        {frame.narrow && <tspan className="chart-tick" dx={8}>{`n ${formatCount(row.n, locale)}`}</tspan>}
      </text>
      {!frame.narrow && (
        <text
          x={frame.left - 12}
          y={y + 5}
          textAnchor="end"
          className={row.lowSupport ? 'chart-n chart-low' : 'chart-n'}
        >
          {formatCount(row.n, locale)}
          {row.lowSupport ? ' \u25bd' : ''}
        </text>
      )}
      {known && row.low !== null && row.high !== null && (
        <IntervalBand
          series={row.series}
          from={scale(row.low)}
          to={scale(row.high)}
          y={y}
          {...(family ? { family } : {})}
          clip={scale.range}
        />
      )}
      {known && <Mark series={row.series} x={scale(row.value as number)} y={y} hollow={row.lowSupport ?? false} />}
      <text x={width - 14} y={words} textAnchor="end" className={known ? 'chart-label' : 'chart-tick'}>
        {known ? say(row.value) : none}
      </text>
    </g>
  );
}

function LimitLine({
  x,
  top,
  bottom,
  label,
  width,
}: {
  x: number;
  top: number;
  bottom: number;
  label: string;
  width: number;
}): ReactNode {
  const half = textWidth(label, 12) / 2;
  const at = Math.min(width - half - 6, Math.max(half + 6, x));
  return (
    <g>
      <line x1={x} x2={x} y1={top + 6} y2={bottom} className="chart-limit" />
      <text x={at} y={top + 4} textAnchor="middle" className="chart-tick">
        {label}
      </text>
    </g>
  );
}

/** Which way is good, under the group names where the axis leaves room. */
function Favourable({
  better,
  x,
  y,
  text,
}: {
  better: 'higher' | 'lower';
  x: number;
  y: number;
  text: string;
}): ReactNode {
  return (
    <text x={x} y={y} className="chart-tick">
      {better === 'higher' ? `${text} \u2192` : `\u2190 ${text}`}
    </text>
  );
}
