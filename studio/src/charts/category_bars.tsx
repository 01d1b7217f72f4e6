// The most frequent values as bars with their words beside them; the rest is one bar, missing another.
import type { ReactNode } from 'react';
import { ChartFrame } from './chart_frame';
import type { Origin } from './csv';
import { formatCount, formatPercent, middleEllipsis } from './format';
import { linear, logarithmic, squareRoot } from './scale';
import type { HeightScale } from './histogram';
import { useChartText } from './text';
import { textWidth } from './text_width';

export interface CategoryBar {
  label: string;
  count: number;
  ghost?: number | null;
  kind?: 'value' | 'other' | 'missing';
  series?: number;
}

interface CategoryBarsProps {
  title: string;
  heading?: 0 | 2 | 3;
  note?: ReactNode;
  bars: readonly CategoryBar[];
  rows: number;
  heights?: HeightScale;
  shares?: boolean;
  origin: Origin | null;
}

const STEP = 24;

export function CategoryBars({
  title,
  heading = 3,
  note,
  bars,
  rows,
  heights = 'linear',
  shares = false,
  origin,
}: CategoryBarsProps): ReactNode {
  const { t, locale } = useChartText();
  const most = Math.max(1, ...bars.map((bar) => Math.max(bar.count, bar.ghost ?? 0)));
  const share = (count: number): string => formatPercent(rows > 0 ? count / rows : 0, locale);
  const nameOf = (bar: CategoryBar): string => (bar.label === '' ? t('charts.empty_text') : bar.label);
  const widest = Math.max(40, ...bars.map((bar) => textWidth(middleEllipsis(nameOf(bar), 40), 13)));
  const frame = (width: number): { left: number; right: number } => ({
    left: Math.min(widest, Math.floor(width * 0.38)) + 22,
    right: width - 78,
  });
  const across = (width: number): ReturnType<typeof linear> => {
    const { left, right } = frame(width);
    const make = heights === 'log' ? logarithmic : heights === 'sqrt' ? squareRoot : linear;
    return make([0, most], [left, right]);
  };
  const biggest = bars.reduce<CategoryBar | null>(
    (best, bar) => (bar.kind !== 'other' && (!best || bar.count > best.count) ? bar : best),
    null,
  );
  return (
    <ChartFrame
      {...{ title, heading, note, origin }}
      {...(heights === 'linear' ? {} : { corner: t(heights === 'log' ? 'charts.corner_log' : 'charts.corner_sqrt') })}
      summary={
        biggest
          ? t('charts.summary_bars', {
              count: bars.filter((bar) => (bar.kind ?? 'value') === 'value').length,
              label: nameOf(biggest),
              share: share(biggest.count),
            })
          : t('charts.no_rows')
      }
      height={Math.max(1, bars.length) * STEP + 20}
      table={{
        columns: [
          { key: 'value', label: t('charts.value'), unit: 'text' },
          { key: 'count', label: t('charts.rows'), unit: 'count' },
          { key: 'share', label: t('charts.share'), unit: 'percent' },
        ],
        rows: bars.map((bar) => [nameOf(bar), bar.count, rows > 0 ? bar.count / rows : null]),
      }}
      readings={(width) => {
        const x = across(width);
        return bars.map((bar, i) => ({
          text: t('charts.reading_bar', { label: nameOf(bar), n: bar.count, share: share(bar.count) }),
          x: x(bar.count),
          y: 10 + (i + 0.5) * STEP,
        }));
      }}
      sound={{ series: [bars.map((bar) => ({ value: bar.count }))], domain: [0, most] }}
    >
      {({ width, cursor }) => {
        const x = across(width);
        const { left } = frame(width);
        return bars.map((bar, i) => {
          const y = 10 + i * STEP;
          const kind = bar.kind ?? 'value';
          return (
            <g key={i}>
              {cursor === i && <rect data-live="" x={2} y={y} width={width - 4} height={STEP} className="chart-lit" />}
              <text
                x={left - 10}
                y={y + 16}
                textAnchor="end"
                className={kind === 'value' ? 'chart-name' : 'chart-tick'}
              >
                <title>{nameOf(bar)}</title>
                {middleEllipsis(nameOf(bar), Math.max(6, Math.floor((left - 22) / 6.6)))}
              </text>
              {bar.ghost != null && (
                <rect x={left} y={y + 4} width={Math.max(0, x(bar.ghost) - left)} height={16} className="chart-ghost" />
              )}
              {bar.count > 0 && (
                <rect
                  x={left}
                  y={y + 5}
                  width={Math.max(1, x(bar.count) - left)}
                  height={14}
                  className={kind === 'value' ? 'chart-bar' : kind === 'other' ? 'chart-ghost' : 'chart-missing'}
                />
              )}
              <text x={width - 14} y={y + 16} textAnchor="end" className="chart-name">
                {shares ? share(bar.count) : formatCount(bar.count, locale)}
              </text>
            </g>
          );
        });
      }}
    </ChartFrame>
  );
}
