import type { ReactNode } from 'react';
import { type Unit, tickFormatter } from './format';
import type { Scale } from './scale';
import { textWidth } from './text_width';

interface AxisProps {
  scale: Scale;
  unit: Unit;
  locale: string;
  top: number;
  bottom: number;
  grid?: boolean;
  label?: string;
  count?: number;
}

/** Bottom axis: round ticks thinned until their words have room, light grid lines, nought in ink. */
export function BottomAxis({ scale, unit, locale, top, bottom, grid = true, label, count }: AxisProps): ReactNode {
  const span = Math.abs(scale.range[1] - scale.range[0]);
  let ticks = scale.ticks(count ?? Math.max(2, Math.floor(span / 72)));
  let format = tickFormatter(ticks, unit, locale);
  for (let n = ticks.length - 1; n >= 2; n -= 1) {
    const widest = Math.max(...ticks.map((tick) => textWidth(format(tick), 12)));
    if (ticks.length < 2 || span / (ticks.length - 1) >= widest + 10) break;
    ticks = scale.ticks(Math.floor(n / 1.5));
    format = tickFormatter(ticks, unit, locale);
  }
  return (
    <g className="chart-axis">
      {ticks.map((tick) => {
        const x = Math.round(scale(tick)) + 0.5;
        return (
          <g key={tick}>
            {grid && <line x1={x} x2={x} y1={top} y2={bottom} className={tick === 0 ? 'chart-zero' : 'chart-grid'} />}
            {!grid && <line x1={x} x2={x} y1={bottom} y2={bottom + 4} className="chart-zero" />}
            <text x={x} y={bottom + 16} textAnchor="middle" className="chart-tick">
              {format(tick)}
            </text>
          </g>
        );
      })}
      {label && (
        <text x={scale.range[1]} y={bottom + 32} textAnchor="end" className="chart-tick">
          {label}
        </text>
      )}
    </g>
  );
}

/** Left axis with grid lines across the plot. */
export function LeftAxis({
  scale,
  unit,
  locale,
  left,
  right,
  label,
}: Omit<AxisProps, 'top' | 'bottom'> & { left: number; right: number }): ReactNode {
  const ticks = scale.ticks(Math.max(2, Math.floor(Math.abs(scale.range[1] - scale.range[0]) / 44)));
  const format = tickFormatter(ticks, unit, locale);
  return (
    <g className="chart-axis">
      {ticks.map((tick) => {
        const y = Math.round(scale(tick)) + 0.5;
        return (
          <g key={tick}>
            <line x1={left} x2={right} y1={y} y2={y} className={tick === 0 ? 'chart-zero' : 'chart-grid'} />
            <text x={left - 6} y={y + 4} textAnchor="end" className="chart-tick">
              {format(tick)}
            </text>
          </g>
        );
      })}
      {label && (
        <text x={left} y={Math.min(...scale.range) - 10} textAnchor="start" className="chart-tick">
          {label}
        </text>
      )}
    </g>
  );
}
