// Are the scores probabilities: for each bin of scores, the mean score against the share that was positive.
import type { ReactNode } from 'react';
import { ChartFrame, type Reading } from './chart_frame';
import type { Origin } from './csv';
import { formatLevel, formatPercent, middleEllipsis } from './format';
import { Mark, seriesColour, seriesDash } from './marks';
import { useChartText } from './text';
import { FOOT, LEFT, TOP, UnitSquareGround, heightOf, sideOf, unitSquare } from './unit_square';

export interface ReliabilityBin {
  from: number;
  to: number;
  rows: number;
  mean_score: number;
  positive_rate: number;
  low: number;
  high: number;
}

export interface ReliabilityGroup {
  label: string;
  series: number;
  bins: readonly ReliabilityBin[];
}

interface ReliabilityChartProps {
  title: string;
  heading?: 0 | 2 | 3;
  note?: ReactNode;
  groups: readonly ReliabilityGroup[];
  minimum: number;
  /** confidence of the intervals, 0 to 1 */
  level: number;
  origin: Origin | null;
}

export function ReliabilityChart({
  title,
  heading = 2,
  note,
  groups,
  minimum,
  level: confidence,
  origin,
}: ReliabilityChartProps): ReactNode {
  const { t, locale } = useChartText();
  const level = formatLevel(confidence, locale);
  const rate = (value: number): string => formatPercent(value, locale);
  const shown = groups.map((group) => ({ ...group, bins: group.bins.filter((bin) => bin.rows > 0) }));
  const stops = shown.flatMap((group) => group.bins.map((bin) => ({ group, bin })));
  // Bins of neighbouring groups share a mean score: a few pixels apart, their intervals can be told from each other.
  const shift = (series: number): number => (shown.length > 1 ? (series - (shown.length - 1) / 2) * 5 : 0);
  const readings = (width: number): Reading[] => {
    const side = sideOf(width);
    return stops.map(({ group, bin }) => ({
      text: t('charts.reading_reliability', {
        label: group.label,
        score: rate(bin.mean_score),
        value: rate(bin.positive_rate),
        low: rate(bin.low),
        high: rate(bin.high),
        n: bin.rows,
      }),
      x: LEFT + bin.mean_score * side + shift(group.series),
      y: TOP + (1 - bin.positive_rate) * side,
    }));
  };
  const off = (group: (typeof shown)[0]): number =>
    group.bins.filter((bin) => bin.mean_score < bin.low || bin.mean_score > bin.high).length;
  const summary = shown
    .map((group) => t('charts.summary_reliability', { label: group.label, bins: group.bins.length, off: off(group) }))
    .join(' ');
  return (
    <ChartFrame
      {...{ title, heading, note, origin, readings }}
      summary={stops.length ? summary : t('charts.no_rows')}
      height={(width) => heightOf(width, shown.length)}
      table={{
        columns: [
          { key: 'group', label: t('charts.group'), unit: 'text' },
          { key: 'from', label: t('charts.from'), unit: 'percent' },
          { key: 'to', label: t('charts.to'), unit: 'percent' },
          { key: 'rows', label: t('charts.rows'), unit: 'count' },
          { key: 'mean_score', label: t('charts.mean_score'), unit: 'percent' },
          { key: 'positive_rate', label: t('charts.positive_rate'), unit: 'percent' },
          { key: 'low', label: t('charts.low', { level }), unit: 'percent' },
          { key: 'high', label: t('charts.high', { level }), unit: 'percent' },
        ],
        rows: stops.map(({ group, bin }) => [
          group.label,
          bin.from,
          bin.to,
          bin.rows,
          bin.mean_score,
          bin.positive_rate,
          bin.low,
          bin.high,
        ]),
      }}
      sound={{
        series: shown.map((group) =>
          group.bins.map((bin) => ({ value: bin.positive_rate, low: bin.low, high: bin.high })),
        ),
        domain: [0, 1],
      }}
    >
      {({ width, cursor }) => {
        const square = unitSquare(width);
        const { side, x, y, beside } = square;
        const lit = cursor === null ? undefined : stops[cursor];
        return (
          <>
            <UnitSquareGround
              square={square}
              locale={locale}
              across={t('charts.mean_score')}
              up={t('charts.positive_rate')}
            />
            {shown.map((group) => {
              const place = (bin: ReliabilityBin): number => x(bin.mean_score) + shift(group.series);
              return (
                <g key={group.label}>
                  <path
                    d={
                      group.bins.length
                        ? `M${group.bins.map((bin) => `${place(bin).toFixed(1)},${y(bin.positive_rate).toFixed(1)}`).join('L')}`
                        : ''
                    }
                    fill="none"
                    stroke={seriesColour(group.series)}
                    strokeWidth={1.5}
                    strokeOpacity={0.65}
                    strokeDasharray={seriesDash(group.series)}
                  />
                  {group.bins.map((bin, i) => (
                    <g key={i}>
                      <rect
                        x={place(bin) - 2.5}
                        y={y(bin.high)}
                        width={5}
                        height={Math.max(1, y(bin.low) - y(bin.high))}
                        fill={seriesColour(group.series)}
                        fillOpacity={0.3}
                      />
                      <path
                        d={`M${place(bin) - 5},${y(bin.high)}h10M${place(bin) - 5},${y(bin.low)}h10`}
                        stroke={seriesColour(group.series)}
                        strokeWidth={1.5}
                      />
                      <Mark
                        series={group.series}
                        x={place(bin)}
                        y={y(bin.positive_rate)}
                        size={5}
                        hollow={bin.rows < minimum}
                      />
                    </g>
                  ))}
                </g>
              );
            })}
            {shown.map((group, i) => {
              const top = beside ? TOP + side - 24 - (shown.length - 1 - i) * 26 : TOP + side + FOOT + 12 + i * 22;
              const left = beside ? LEFT + side + 26 : 20;
              return (
                <g key={group.label}>
                  <Mark series={group.series} x={left} y={top - 5} />
                  <text x={left + 14} y={top} className="chart-label">
                    <title>{group.label}</title>
                    {middleEllipsis(group.label, Math.max(10, Math.floor((width - left - 40) / 7.5)))}
                  </text>
                </g>
              );
            })}
            {lit && (
              <circle
                data-live=""
                cx={x(lit.bin.mean_score) + shift(lit.group.series)}
                cy={y(lit.bin.positive_rate)}
                r={9}
                className="chart-cursor"
              />
            )}
          </>
        );
      }}
    </ChartFrame>
  );
}
