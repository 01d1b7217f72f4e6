import { describe, expect, it } from 'vitest';
import { band, extent, linear, logarithmic, niceDomain, niceTicks, squareRoot, tickStep } from './scale';

describe('scales', () => {
  it.each([linear, squareRoot, logarithmic])('go there and back', (make) => {
    const scale = make([0, 400], [10, 210]);
    expect(scale(0)).toBeCloseTo(10, 12);
    expect(scale(400)).toBeCloseTo(210, 12);
    for (const x of [0, 1, 17.5, 250, 400]) expect(scale.invert(scale(x))).toBeCloseTo(x, 9);
  });
  it('can run backwards and stand still', () => {
    expect(linear([0, 1], [100, 0])(0.25)).toBe(75);
    expect(linear([3, 3], [0, 50])(3)).toBe(0);
  });
  it('keep the sign under a root', () => {
    expect(squareRoot([-4, 4], [0, 4])(-4)).toBe(0);
    expect(squareRoot([-4, 4], [0, 4])(0)).toBe(2);
  });
  it('give bands that fill the range', () => {
    const place = band(4, [0, 100], 0.2);
    expect(place(0)).toBeCloseTo(2.5);
    expect(place(3) + place.width).toBeCloseTo(97.5);
  });
});

describe('ticks', () => {
  it('are 1, 2 or 5 times a power of ten, within the ends, evenly spaced', () => {
    for (const [from, to] of [
      [0, 1],
      [-0.3, 0.6],
      [17, 90],
      [0.00012, 0.00097],
      [-5e6, 8e6],
      [12.2, 12.9],
    ] as const) {
      for (const count of [2, 4, 7, 10]) {
        const ticks = niceTicks(from, to, count);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(2 * count + 1);
        const lead = Number(
          tickStep(to - from, count)
            .toExponential()
            .split('e')[0],
        );
        expect([1, 2, 5, 10].some((n) => Math.abs(lead - n) < 1e-9)).toBe(true);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(from - 1e-9 * (to - from));
          expect(tick).toBeLessThanOrEqual(to + 1e-9 * (to - from));
        }
      }
    }
  });
  it('carry no crumbs of binary fractions', () => {
    expect(niceTicks(0, 1, 10)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(niceTicks(-0.3, 0.3, 6)).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  });
  it('survive one value and no value', () => {
    expect(niceTicks(5, 5, 4)).toEqual([5]);
    expect(niceTicks(NaN, 5, 4)).toEqual([]);
    expect(niceDomain(0, 0, 4)).toEqual([0, 1]);
    expect(niceDomain(3, 3, 4)).toEqual([1.5, 4.5]);
    expect(extent([null, NaN, undefined], [0, 1])).toEqual([0, 1]);
  });
  it('widen a domain to round ends', () => {
    expect(niceDomain(0.034, 0.47, 5)).toEqual([0, 0.5]);
    expect(niceDomain(-0.12, 0.31, 5)).toEqual([-0.2, 0.4]);
  });
  it('of a logarithm start at nought', () => {
    expect(logarithmic([0, 2000], [0, 1]).ticks(4)).toEqual([0, 1, 10, 100, 1000]);
  });
});
