// Marks and colours of a series: six colours and six shapes, so that colour never says it alone.
import type { ReactNode } from 'react';

const COLOURS = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c5)', 'var(--c6)'] as const;
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '4 2', '1 2'] as const;

export function seriesColour(index: number): string {
  return COLOURS[index % COLOURS.length] as string;
}

export function seriesDash(index: number): string | undefined {
  return DASHES[index % DASHES.length] || undefined;
}

interface MarkProps {
  series: number;
  x: number;
  y: number;
  size?: number;
  hollow?: boolean;
}

/** The point of a series: circle, square, triangle, diamond, triangle down, cross. Hollow where few rows carry it. */
export function Mark({ series, x, y, size = 6, hollow = false }: MarkProps): ReactNode {
  const colour = seriesColour(series);
  const paint = hollow ? { fill: 'var(--sheet)', stroke: colour, strokeWidth: 2 } : { fill: colour };
  const s = size;
  switch (series % 6) {
    case 0:
      return <circle cx={x} cy={y} r={s} {...paint} />;
    case 1:
      return <rect x={x - s * 0.9} y={y - s * 0.9} width={s * 1.8} height={s * 1.8} {...paint} />;
    case 2:
      return <path d={`M${x},${y - s * 1.1}L${x + s * 1.1},${y + s * 0.9}H${x - s * 1.1}Z`} {...paint} />;
    case 3:
      return (
        <path d={`M${x},${y - s * 1.25}L${x + s * 1.25},${y}L${x},${y + s * 1.25}L${x - s * 1.25},${y}Z`} {...paint} />
      );
    case 4:
      return <path d={`M${x},${y + s * 1.1}L${x + s * 1.1},${y - s * 0.9}H${x - s * 1.1}Z`} {...paint} />;
    default: {
      const a = s * 0.42;
      const b = s * 1.1;
      const d = `M${x - a},${y - b}H${x + a}V${y - a}H${x + b}V${y + a}H${x + a}V${y + b}H${x - a}V${y + a}H${x - b}V${y - a}H${x - a}Z`;
      return <path d={d} {...paint} />;
    }
  }
}

interface BandProps {
  series: number;
  from: number;
  to: number;
  y: number;
  family?: readonly [number, number];
  /** pixels at which the plot ends: an interval that runs on gets an arrow instead of a tick */
  clip: readonly [number, number];
}

/** An interval as drawn everywhere: pale band with end ticks, and a thinner line where the family interval is wider. */
export function IntervalBand({ series, from, to, y, family, clip }: BandProps): ReactNode {
  const colour = seriesColour(series);
  const inside = (x: number): number => Math.min(clip[1], Math.max(clip[0], x));
  const [a, b] = [inside(from), inside(to)];
  const end = (x: number, kept: number, way: number): string =>
    Math.abs(x - kept) < 0.5
      ? `M${kept},${y - 7}V${y + 7}`
      : `M${kept - 5 * way},${y - 5}L${kept},${y}L${kept - 5 * way},${y + 5}`;
  return (
    <g>
      {family && (
        <path
          d={`M${inside(family[0])},${y}H${inside(family[1])}M${inside(family[0])},${y - 3.5}V${y + 3.5}M${inside(family[1])},${y - 3.5}V${y + 3.5}`}
          stroke={colour}
          strokeWidth={1}
          strokeOpacity={0.8}
          fill="none"
        />
      )}
      <rect x={a} y={y - 4.5} width={Math.max(1, b - a)} height={9} fill={colour} fillOpacity={0.3} />
      <path d={end(from, a, -1) + end(to, b, 1)} stroke={colour} strokeWidth={2} fill="none" />
    </g>
  );
}
