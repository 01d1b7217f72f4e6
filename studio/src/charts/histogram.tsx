// Counts over bins, another version behind as a ghost, quantiles as small marks under the axis.
import type { ReactNode } from 'react';
import { BottomAxis, LeftAxis } from './axis';
import { type Histogram as Bins, binsOf, total } from './bins';
import { ChartFrame } from './chart_frame';
import type { Origin } from './csv';
import { formatCount, formatNumber, formatPercent } from './format';
import { linear, logarithmic, squareRoot } from './scale';
import { useChartText } from './text';

export type HeightScale = 'linear' | 'log' | 'sqrt';

interface HistogramProps {
  title: string;
  heading?: 0 | 2 | 3;
  note?: ReactNode;
  histogram: Bins;
  ghost?: { name: string; histogram: Bins } | null;
  heights?: HeightScale;
  shares?: boolean;
  quantiles?: readonly { at: number; value: number }[];
  origin: Origin | null;
}

const LEFT = 56;
const RIGHT = 16;
const TOP = 24;
const FLOOR = 210;

export function Histogram({
  title,
  heading = 3,
  note,
  histogram,
  ghost,
  heights = 'linear',
  shares = false,
  quantiles,
  origin,
}: HistogramProps): ReactNode {
  const { t, locale } = useChartText();
  const bins = binsOf(histogram, ghost?.histogram);
  const rows = total(histogram.counts);
  const say = (value: number): string => formatNumber(value, locale);
  const amount = (count: number): number => (shares ? (rows > 0 ? count / rows : 0) : count);
  const highest = Math.max(0, ...bins.map((bin) => Math.max(amount(bin.count), amount(bin.ghost ?? 0))));
  const fullest = bins.reduce(
    (best, bin) => (bin.count > best.count ? bin : best),
    bins[0] ?? { from: 0, to: 0, count: 0, share: 0, ghost: null },
  );
  // Shares are warped as counts would be: log(1 + x) of a share below 1 would be a straight line.
  const vertical = (range: readonly [number, number]): ReturnType<typeof linear> => {
    const top = highest > 0 ? highest * 1.04 : 1;
    if (heights === 'linear') return linear([0, top], range);
    if (heights === 'sqrt') return squareRoot([0, top], range);
    if (!shares) return logarithmic([0, top], range);
    const counts = logarithmic([0, top * rows], range);
    const scale = Object.assign((share: number) => counts(share * rows), {
      domain: [0, top] as const,
      range,
      invert: (y: number) => counts.invert(y) / rows,
      ticks: () => [0, ...[1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1].filter((tick) => tick * rows >= 1 && tick <= top)],
    });
    return scale;
  };
  const first = histogram.edges[0] ?? 0;
  const last = histogram.edges[histogram.edges.length - 1] ?? 1;
  const domain: [number, number] = first === last ? [first - 0.5, last + 0.5] : [first, last];
  const wordsOf = (bin: (typeof bins)[0]): string => {
    const words = t('charts.reading_bin', {
      from: say(bin.from),
      to: say(bin.to),
      n: bin.count,
      share: formatPercent(bin.share, locale),
    });
    return bin.ghost === null || !ghost
      ? words
      : `${words}; ${t('charts.reading_ghost', { name: ghost.name, share: formatPercent(rows > 0 ? bin.ghost / rows : 0, locale) })}`;
  };
  return (
    <ChartFrame
      {...{ title, heading, note, origin }}
      {...(heights === 'linear' ? {} : { corner: t(heights === 'log' ? 'charts.corner_log' : 'charts.corner_sqrt') })}
      summary={
        bins.length
          ? t('charts.summary_histogram', {
              n: rows,
              low: say(first),
              high: say(last),
              from: say(fullest.from),
              to: say(fullest.to),
              share: formatPercent(fullest.share, locale),
            })
          : t('charts.no_rows')
      }
      height={FLOOR + 34}
      table={{
        columns: [
          { key: 'from', label: t('charts.from'), unit: 'number' },
          { key: 'to', label: t('charts.to'), unit: 'number' },
          { key: 'count', label: t('charts.rows'), unit: 'count' },
          { key: 'share', label: t('charts.share'), unit: 'percent' },
          ...(ghost ? [{ key: 'share_other', label: ghost.name, unit: 'percent' as const }] : []),
        ],
        rows: bins.map((bin) => [
          bin.from,
          bin.to,
          bin.count,
          bin.share,
          ...(ghost ? [rows > 0 ? (bin.ghost ?? 0) / rows : null] : []),
        ]),
      }}
      readings={(width) => {
        const x = linear(domain, [LEFT, width - RIGHT]);
        const y = vertical([FLOOR, TOP]);
        return bins.map((bin) => ({ text: wordsOf(bin), x: x((bin.from + bin.to) / 2), y: y(amount(bin.count)) }));
      }}
      sound={{ series: [bins.map((bin) => ({ value: bin.count }))], domain: [0, Math.max(1, fullest.count)] }}
    >
      {({ width, cursor }) => {
        const x = linear(domain, [LEFT, width - RIGHT]);
        const y = vertical([FLOOR, TOP]);
        return (
          <>
            <LeftAxis scale={y} unit={shares ? 'percent' : 'count'} locale={locale} left={LEFT} right={width - RIGHT} />
            {bins.map((bin, i) => {
              const left = x(bin.from);
              const wide = Math.max(1, x(bin.to) - left - (bins.length < 80 ? 1 : 0));
              const place = first === last ? { left: x(first) - 12, wide: 24 } : { left, wide };
              return (
                <g key={i} className={cursor === i ? 'chart-on' : undefined}>
                  {bin.ghost !== null && (
                    <rect
                      x={place.left}
                      width={place.wide}
                      y={y(amount(bin.ghost))}
                      height={FLOOR - y(amount(bin.ghost))}
                      className="chart-ghost"
                    />
                  )}
                  {bin.count > 0 && (
                    <rect
                      x={bin.ghost === null ? place.left : place.left + place.wide * 0.2}
                      width={bin.ghost === null ? place.wide : place.wide * 0.6}
                      y={Math.min(FLOOR - 1, y(amount(bin.count)))}
                      height={Math.max(1, FLOOR - y(amount(bin.count)))}
                      className="chart-bar"
                    />
                  )}
                </g>
              );
            })}
            <BottomAxis scale={x} unit="number" locale={locale} top={TOP} bottom={FLOOR} grid={false} />
            {quantiles?.map(({ at, value }) => (
              <path
                key={at}
                d={`M${x(value)},${FLOOR + 1}l-3,6h6z`}
                className={at === 0.5 ? 'chart-median' : 'chart-quantile'}
              >
                <title>
                  {t('charts.quantile', {
                    at: formatPercent(at, locale, at * 100 === Math.round(at * 100) ? 0 : 1),
                    value: say(value),
                  })}
                </title>
              </path>
            ))}
            {ghost && (
              <text x={width - RIGHT} y={14} textAnchor="end" className="chart-tick">
                {t('charts.ghost_is', { name: ghost.name, rows: formatCount(total(ghost.histogram.counts), locale) })}
              </text>
            )}
          </>
        );
      }}
    </ChartFrame>
  );
}
