// ROC per group with the operating point at the threshold in use. Labels stand at the ends, not in a legend.
import type { ReactNode } from 'react';
import { ChartFrame, type Reading } from './chart_frame';
import type { Origin } from './csv';
import { type RocPoint, type RocStep, areaUnder, operatingPoint, rocSteps } from './curves';
import { formatFixed, formatNumber, formatPercent, middleEllipsis } from './format';
import { Mark, seriesColour, seriesDash } from './marks';
import { useChartText } from './text';
import { textWidth } from './text_width';
import { FOOT, LEFT, TOP, UnitSquareGround, heightOf, sideOf, unitSquare } from './unit_square';

export interface RocGroup {
  label: string;
  series: number;
  points: readonly RocPoint[];
}

interface RocChartProps {
  title: string;
  heading?: 0 | 2 | 3;
  note?: ReactNode;
  groups: readonly RocGroup[];
  threshold: number;
  origin: Origin | null;
}

export function RocChart({ title, heading = 2, note, groups, threshold, origin }: RocChartProps): ReactNode {
  const { t, locale } = useChartText();
  const curves = groups.map((group) => {
    const steps = rocSteps(group.points);
    return { ...group, steps, area: areaUnder(steps), at: operatingPoint(steps, threshold) };
  });
  const rate = (value: number): string => formatPercent(value, locale);
  const auc = (area: number | null): string => formatFixed(area, locale, 3);
  const thresholdText = formatNumber(threshold, locale, 3);
  const wordsOf = (curve: (typeof curves)[0], step: RocStep): string =>
    t('charts.reading_roc', {
      label: curve.label,
      threshold: Number.isFinite(step.threshold) ? formatNumber(step.threshold, locale, 3) : '\u221e',
      fpr: rate(step.x),
      tpr: rate(step.y),
    });
  // The cursor walks the operating points first, then a thinned path along each curve.
  const stops = [
    ...curves.flatMap((curve) => (curve.at ? [{ curve, step: curve.at }] : [])),
    ...curves.flatMap((curve) => {
      const every = Math.max(1, Math.ceil(curve.steps.length / 24));
      return curve.steps.filter((_, i) => i % every === 0).map((step) => ({ curve, step }));
    }),
  ];
  const readings = (width: number): Reading[] => {
    const side = sideOf(width);
    return stops.map(({ curve, step }) => ({
      text: wordsOf(curve, step),
      x: LEFT + step.x * side,
      y: TOP + (1 - step.y) * side,
    }));
  };
  const summary = curves
    .map((curve) =>
      t('charts.summary_roc', {
        label: curve.label,
        area: auc(curve.area),
        fpr: curve.at ? rate(curve.at.x) : '\u2014',
        tpr: curve.at ? rate(curve.at.y) : '\u2014',
        threshold: thresholdText,
      }),
    )
    .join(' ');
  return (
    <ChartFrame
      {...{ title, heading, note, origin, summary, readings }}
      height={(width) => heightOf(width, curves.length)}
      table={{
        columns: [
          { key: 'group', label: t('charts.group'), unit: 'text' },
          { key: 'threshold', label: t('charts.threshold'), unit: 'number' },
          { key: 'false_positive_rate', label: t('charts.false_positive_rate'), unit: 'percent' },
          { key: 'true_positive_rate', label: t('charts.true_positive_rate'), unit: 'percent' },
        ],
        rows: curves.flatMap((curve) =>
          curve.steps.map((step) => [
            curve.label,
            Number.isFinite(step.threshold) ? step.threshold : '\u221e',
            step.x,
            step.y,
          ]),
        ),
      }}
      sound={{
        series: curves.map((curve) =>
          curve.steps
            .filter((_, i) => i % Math.max(1, Math.ceil(curve.steps.length / 60)) === 0)
            .map((step) => ({ value: step.y })),
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
              across={t('charts.false_positive_rate')}
              up={t('charts.true_positive_rate')}
            />
            {curves.map((curve) => (
              <path
                key={curve.label}
                d={`M${curve.steps.map((step) => `${x(step.x).toFixed(1)},${y(step.y).toFixed(1)}`).join('L')}`}
                fill="none"
                stroke={seriesColour(curve.series)}
                strokeWidth={2}
                strokeDasharray={seriesDash(curve.series)}
              />
            ))}
            {curves.map(
              (curve) =>
                curve.at && (
                  <g key={curve.label}>
                    <circle cx={x(curve.at.x)} cy={y(curve.at.y)} r={10} fill="var(--sheet)" />
                    <Mark series={curve.series} x={x(curve.at.x)} y={y(curve.at.y)} size={7} />
                  </g>
                ),
            )}
            {curves.map((curve, i) => {
              const top = beside ? TOP + side - 24 - (curves.length - 1 - i) * 44 : TOP + side + FOOT + 12 + i * 22;
              const left = beside ? LEFT + side + 26 : 20;
              const words = `${middleEllipsis(curve.label, Math.max(10, Math.floor((width - left - 40) / 7.5)))}`;
              return (
                <g key={curve.label}>
                  <Mark series={curve.series} x={left} y={top - 5} />
                  <text x={left + 14} y={top} className="chart-label">
                    <title>{curve.label}</title>
                    {words}
                  </text>
                  <text
                    x={beside ? left + 14 : left + 24 + textWidth(words, 14)}
                    y={beside ? top + 18 : top}
                    className="chart-tick"
                  >
                    {t('charts.area', { area: auc(curve.area) })}
                  </text>
                </g>
              );
            })}
            {lit && <circle data-live="" cx={x(lit.step.x)} cy={y(lit.step.y)} r={9} className="chart-cursor" />}
          </>
        );
      }}
    </ChartFrame>
  );
}
