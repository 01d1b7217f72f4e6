// Scales and ticks, written out: a chart needs four scales and round numbers, no library.

export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  invert(position: number): number;
  ticks(count: number): number[];
}

type Warp = (x: number) => number;

function build(domain: readonly [number, number], range: readonly [number, number], warp: Warp, back: Warp): Scale {
  const [from, to] = [warp(domain[0]), warp(domain[1])];
  const span = to - from || 1;
  const width = range[1] - range[0];
  const scale = ((value: number) => range[0] + ((warp(value) - from) / span) * width) as Scale;
  const rest = {
    domain,
    range,
    invert: (position: number) => back(from + ((position - range[0]) / (width || 1)) * span),
    ticks: (count: number) => niceTicks(domain[0], domain[1], count),
  };
  return Object.assign(scale, rest);
}

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  return build(
    domain,
    range,
    (x) => x,
    (x) => x,
  );
}

/** Square root of the size with its sign kept: lets small bars be seen beside a huge one. */
export function squareRoot(domain: readonly [number, number], range: readonly [number, number]): Scale {
  return build(
    domain,
    range,
    (x) => Math.sign(x) * Math.sqrt(Math.abs(x)),
    (x) => Math.sign(x) * x * x,
  );
}

/** log10(1 + x), so that empty bars stay at nought. */
export function logarithmic(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const scale = build(
    domain,
    range,
    (x) => Math.log10(1 + Math.max(0, x)),
    (x) => 10 ** x - 1,
  );
  return Object.assign(scale, { ticks: (count: number) => powerTicks(domain[1], count) });
}

function powerTicks(top: number, count: number): number[] {
  const powers: number[] = [0];
  for (let power = 1; power <= top; power *= 10) powers.push(power);
  const every = Math.max(1, Math.ceil((powers.length - 1) / Math.max(1, count)));
  return powers.filter((_, i) => i === 0 || (i - 1) % every === 0);
}

/** 1, 2 or 5 times a power of ten, so that about `count` steps cover the span. */
export function tickStep(span: number, count: number): number {
  if (!(span > 0) || !Number.isFinite(span)) return 1;
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const factor = lead >= Math.sqrt(50) ? 10 : lead >= Math.sqrt(10) ? 5 : lead >= Math.SQRT2 ? 2 : 1;
  return factor * power;
}

/** Round values within [from, to], without the crumbs of binary fractions. */
export function niceTicks(from: number, to: number, count: number): number[] {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [];
  if (from === to) return [from];
  const step = tickStep(to - from, count);
  const ticks: number[] = [];
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  for (let i = first; i <= last; i += 1) ticks.push(step >= 1 ? i * step : i / Math.round(1 / step));
  return ticks.map((x) => (x === 0 ? 0 : x));
}

/** Domain widened outward to round ticks. */
export function niceDomain(from: number, to: number, count: number): [number, number] {
  if (from === to) return from === 0 ? [0, 1] : [from - Math.abs(from) / 2, to + Math.abs(to) / 2];
  const step = tickStep(to - from, count);
  const tidy = (i: number): number => (step >= 1 ? i * step : i / Math.round(1 / step));
  return [tidy(Math.floor(from / step + 1e-9)), tidy(Math.ceil(to / step - 1e-9))];
}

/** Finite smallest and largest of the values, or the fallback. */
export function extent(values: readonly (number | null | undefined)[], fallback: [number, number]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : fallback;
}

export interface Band {
  (index: number): number;
  readonly width: number;
  readonly step: number;
}

/** Equal bands over a range; `padding` is the share of a step left empty. */
export function band(count: number, range: readonly [number, number], padding = 0.1): Band {
  const step = (range[1] - range[0]) / Math.max(1, count);
  const place = (index: number): number => range[0] + step * index + (step * padding) / 2;
  return Object.assign(place, { width: step * (1 - padding), step });
}
