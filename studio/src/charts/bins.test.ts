import { describe, expect, it } from 'vitest';
import { binsOf, rebin, total } from './bins';
import { areaUnder, operatingPoint, rocSteps } from './curves';
import { shadeOf } from './matrix';
import { intervalDomain } from './interval_chart';
import { notesOf } from './sonify';

describe('bins', () => {
  it('lay another version over the same places without losing a row', () => {
    const other = { edges: [-10, 0, 10, 30], counts: [4, 10, 6] };
    const laid = rebin(other, [0, 5, 10]);
    expect(total(laid)).toBeCloseTo(20, 9);
    expect(laid[0]).toBeCloseTo(9, 9);
  });
  it('give shares and a ghost of equal area', () => {
    const bins = binsOf({ edges: [0, 1, 2], counts: [30, 10] }, { edges: [0, 1, 2], counts: [1, 1] });
    expect(bins.map((bin) => bin.share)).toEqual([0.75, 0.25]);
    expect(bins.map((bin) => bin.ghost)).toEqual([20, 20]);
    expect(binsOf({ edges: [0, 1], counts: [0] })[0]?.share).toBe(0);
  });
});

describe('curves', () => {
  const points = [
    { threshold: 'Infinity', false_positive_rate: 0, true_positive_rate: 0 },
    { threshold: 0.8, false_positive_rate: 0, true_positive_rate: 0.5 },
    { threshold: 0.5, false_positive_rate: 0.5, true_positive_rate: 0.5 },
    { threshold: 0.2, false_positive_rate: 0.5, true_positive_rate: 1 },
    { threshold: 0, false_positive_rate: 1, true_positive_rate: 1 },
  ];
  it('find the area and the operating point of score >= threshold', () => {
    const steps = rocSteps(points.slice().reverse());
    expect(areaUnder(steps)).toBeCloseTo(0.75, 12);
    expect(operatingPoint(steps, 0.5)?.threshold).toBe(0.5);
    expect(operatingPoint(steps, 0.6)?.threshold).toBe(0.8);
    expect(operatingPoint(steps, 2)?.threshold).toBe(Infinity);
    expect(areaUnder([])).toBeNull();
  });
});

describe('marks', () => {
  it('shades from least to greatest', () => {
    expect([0, 0.5, 1].map((x) => shadeOf(x, 0, 1))).toEqual([0, 3, 6]);
    expect(shadeOf(2, 2, 2)).toBe(3);
  });
  it('starts rates at nought unless all lie far from it, and never passes the unit', () => {
    const row = (low: number, high: number) => ({ label: '', series: 0, n: 9, value: (low + high) / 2, low, high });
    expect(intervalDomain([row(0.03, 0.2)], 'percent', null)).toEqual([0, 0.2]);
    expect(intervalDomain([row(0.86, 0.975)], 'percent', null)[0]).toBeGreaterThan(0.8);
    expect(intervalDomain([row(0.86, 0.995)], 'percent', null)[1]).toBe(1);
    expect(intervalDomain([], 'percent', null)).toEqual([0, 1]);
  });
  it('sounds from 220 to 880 Hz, silent where missing, clicking across the limit', () => {
    const notes = notesOf({
      series: [[{ value: 0 }, { value: null }, { value: 1, low: 0.5, high: 1 }]],
      domain: [0, 1],
      limit: 0.5,
    });
    expect(notes.map((note) => Math.round(note.hertz))).toEqual([220, 880]);
    expect(notes.map((note) => note.click)).toEqual([false, true]);
    expect(notes[1]?.noise).toBe(0.5);
    expect(notes[1]?.at).toBeCloseTo(2, 9);
  });
});
