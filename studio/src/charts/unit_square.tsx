// A square from 0 to 1 on both sides with its diagonal: the ground of ROC and reliability.
import type { ReactNode } from 'react';
import { BottomAxis, LeftAxis } from './axis';
import { type Scale, linear } from './scale';

export const LEFT = 52;
export const TOP = 26;
export const FOOT = 44;
/** From this width on the names stand beside the square, below it they stand under it. */
const BESIDE = 560;

export function sideOf(width: number): number {
  return Math.max(120, Math.min(width - LEFT - 20, 360));
}

/** Height of the whole drawing with `names` lines of names. */
export function heightOf(width: number, names: number): number {
  return sideOf(width) + TOP + FOOT + (width < BESIDE ? names * 22 + 4 : 0);
}

export interface UnitSquare {
  side: number;
  x: Scale;
  y: Scale;
  beside: boolean;
}

export function unitSquare(width: number): UnitSquare {
  const side = sideOf(width);
  const x = linear([0, 1], [LEFT, LEFT + side]);
  const y = linear([0, 1], [TOP + side, TOP]);
  return { side, x, y, beside: width >= BESIDE };
}

interface GroundProps {
  square: UnitSquare;
  locale: string;
  across: string;
  up: string;
}

export function UnitSquareGround({ square: { side, x, y }, locale, across, up }: GroundProps): ReactNode {
  return (
    <>
      <LeftAxis scale={y} unit="percent" locale={locale} left={LEFT} right={LEFT + side} label={up} />
      <BottomAxis scale={x} unit="percent" locale={locale} top={TOP} bottom={TOP + side} label={across} />
      <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className="chart-diagonal" />
    </>
  );
}
