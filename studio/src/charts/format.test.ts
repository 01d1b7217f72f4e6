import { describe, expect, it } from 'vitest';
import {
  asNumber,
  formatFixed,
  formatNumber,
  formatPercent,
  formatPoints,
  middleEllipsis,
  tickFormatter,
} from './format';

describe('numbers for people', () => {
  it('use the true minus', () => {
    expect(formatPoints(-0.182, 'en')).toBe('\u221218.2');
    expect(formatNumber(-5, 'ja')).toBe('\u22125');
    expect(formatPercent(-0.05, 'zh-Hans')).toBe('\u22125.0%');
  });
  it('never show a negative nought or NaN', () => {
    expect(formatFixed(-0.0001, 'en', 2)).toBe('0.00');
    expect(formatNumber(asNumber(NaN), 'en')).toBe('\u2014');
    expect(formatNumber(asNumber('-Infinity'), 'en')).toBe('\u2212\u221e');
    expect(asNumber('NaN')).toBeNull();
  });
  it('keep four digits and whole numbers', () => {
    expect(formatNumber(0.330813567, 'en')).toBe('0.3308');
    expect(formatNumber(123456, 'en')).toBe('123,456');
    expect(formatNumber(12345.678, 'en')).toBe('12,346');
    expect(formatNumber(1.5e-7, 'en')).toBe('1.5E\u22127');
  });
  it('give the ticks of one axis the same digits', () => {
    const format = tickFormatter([0, 0.05, 0.1], 'percent', 'en');
    expect([0, 0.05, 0.1].map(format)).toEqual(['0%', '5%', '10%']);
    const fine = tickFormatter([0, 0.0025, 0.005], 'number', 'en');
    expect(new Set([0, 0.0025, 0.005].map(fine)).size).toBe(3);
  });
});

describe('long names', () => {
  it('keep both ends and whole characters', () => {
    expect(middleEllipsis('abcdefghij', 5)).toBe('ab\u2026ij');
    expect(Array.from(middleEllipsis('\u{1f600}'.repeat(50), 9))).toHaveLength(9);
    expect(middleEllipsis('x'.repeat(10_000), 20)).toHaveLength(20);
    const family = '\u{1f469}\u200d\u{1f4bb}';
    expect(middleEllipsis(family.repeat(9), 5)).toBe(`${family.repeat(2)}\u2026${family.repeat(2)}`);
    expect(middleEllipsis('short', 20)).toBe('short');
  });
});
