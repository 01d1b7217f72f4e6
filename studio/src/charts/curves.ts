// Points of curves ready to draw: order, operating point, area.
import { asNumber } from './format';

export interface RocPoint {
  threshold: number | string;
  false_positive_rate: number;
  true_positive_rate: number;
}

export interface RocStep {
  threshold: number;
  x: number;
  y: number;
}

/** Points from (0, 0) to (1, 1), by falling threshold; points with a rate that is not a number are left out. */
export function rocSteps(points: readonly RocPoint[]): RocStep[] {
  const steps = points
    .map((point) => ({
      threshold: asNumber(point.threshold) ?? NaN,
      x: point.false_positive_rate,
      y: point.true_positive_rate,
    }))
    .filter((step) => Number.isFinite(step.x) && Number.isFinite(step.y) && !Number.isNaN(step.threshold));
  return steps.sort((a, b) => b.threshold - a.threshold || a.x - b.x || a.y - b.y);
}

/** Where "score >= threshold" stands on the curve: the lowest listed threshold that is not below it. */
export function operatingPoint(steps: readonly RocStep[], threshold: number): RocStep | null {
  let found: RocStep | null = null;
  for (const step of steps)
    if (step.threshold >= threshold && (found === null || step.threshold <= found.threshold)) found = step;
  return found;
}

/** Area under the steps by trapezia. */
export function areaUnder(steps: readonly RocStep[]): number | null {
  if (steps.length < 2) return null;
  let area = 0;
  for (let i = 1; i < steps.length; i += 1) {
    const a = steps[i - 1] as RocStep;
    const b = steps[i] as RocStep;
    area += ((b.x - a.x) * (a.y + b.y)) / 2;
  }
  return area;
}
