import type { ReactNode } from 'react';
import { type Histogram, binsOf } from './bins';
import './charts.css';

interface SparklineProps {
  histogram: Histogram;
  ghost?: Histogram | null;
  /** one sentence; the sparkline has no words of its own */
  label: string;
  width?: number;
  height?: number;
}

/** A histogram the height of a table row, another version as a ghost behind it. */
export function Sparkline({ histogram, ghost, label, width = 128, height = 28 }: SparklineProps): ReactNode {
  const bins = binsOf(histogram, ghost);
  const most = Math.max(1, ...bins.map((bin) => Math.max(bin.count, bin.ghost ?? 0)));
  // One bin is one value: a bar like the others, not a wall.
  const step = bins.length === 1 ? 14 : width / Math.max(1, bins.length);
  const gap = step > 4 ? 1 : 0;
  const tall = (count: number): number => (count > 0 ? Math.max(1, (count / most) * (height - 2)) : 0);
  return (
    <svg
      className="chart-spark"
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
    >
      {bins.map((bin, i) => (
        <g key={i}>
          {bin.ghost !== null && (
            <rect
              x={i * step}
              y={height - 1 - tall(bin.ghost)}
              width={Math.max(1, step - gap)}
              height={tall(bin.ghost)}
              className="chart-ghost"
            />
          )}
          <rect
            x={i * step + (bin.ghost === null ? 0 : step * 0.2)}
            y={height - 1 - tall(bin.count)}
            width={Math.max(1, bin.ghost === null ? step - gap : step * 0.6)}
            height={tall(bin.count)}
            className="chart-bar"
          />
        </g>
      ))}
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} className="chart-base" />
    </svg>
  );
}

/** Shares of the most frequent values as one line of falling bars; what is not listed is a ghost at the end. */
export function SparkBars({
  counts,
  rest,
  label,
  width = 128,
  height = 28,
}: {
  counts: readonly number[];
  rest: number;
  label: string;
  width?: number;
  height?: number;
}): ReactNode {
  const shown = counts.slice(0, 12);
  const hidden = rest + counts.slice(12).reduce((sum, count) => sum + count, 0);
  const all = hidden > 0 ? [...shown, hidden] : shown;
  const most = Math.max(1, ...all);
  const step = Math.min(22, width / Math.max(1, all.length));
  return (
    <svg
      className="chart-spark"
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
    >
      {all.map((count, i) => {
        const tall = Math.max(1, (count / most) * (height - 2));
        return (
          <rect
            key={i}
            x={i * step}
            y={height - 1 - tall}
            width={Math.max(1, step - 2)}
            height={tall}
            className={i >= shown.length ? 'chart-ghost' : 'chart-bar'}
          />
        );
      })}
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} className="chart-base" />
    </svg>
  );
}
