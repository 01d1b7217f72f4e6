// The tokens hold their contrasts: text 4.5:1, graphics 3:1 on every ground they stand on, in both themes; the series are
// told apart from the paper. Read from the style sheet itself.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/tokens.css', 'utf8');

function tokens(theme: string): Record<string, string> {
  const block = new RegExp(`\\[data-theme='${theme}'\\]\\s*\\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]));
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const TEXT: Record<string, string[]> = {
  ink: ['paper', 'sheet', 'sunk', 'accent-soft', 'gold-soft'],
  ink2: ['paper', 'sheet', 'sunk'],
  ink3: ['paper', 'sheet'],
  accent: ['paper', 'sheet', 'accent-soft'],
  'accent-ink': ['accent'],
  gold: ['paper', 'sheet', 'gold-soft'],
  ok: ['paper', 'sheet', 'ok-soft'],
  warn: ['paper', 'sheet', 'gold-soft'],
  bad: ['paper', 'sheet', 'bad-soft'],
};
const GRAPHICS: Record<string, string[]> = {
  rule2: ['paper', 'sheet'],
  focus: ['paper', 'sheet', 'sunk'],
  ...Object.fromEntries(['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((series) => [series, ['sheet']])),
};

describe.each([['light'], ['dark']])('%s', (theme) => {
  const colour = tokens(theme);
  const pairs = (table: Record<string, string[]>): [string, string][] => Object.entries(table).flatMap(([front, grounds]) => grounds.map((ground): [string, string] => [front, ground]));
  it.each(pairs(TEXT))('text %s on %s', (front, ground) => {
    expect(contrast(colour[front] as string, colour[ground] as string)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(pairs(GRAPHICS))('graphics %s on %s', (front, ground) => {
    expect(contrast(colour[front] as string, colour[ground] as string)).toBeGreaterThanOrEqual(3);
  });
});

it('is the palette of the design', () => {
  const light = tokens('light');
  const dark = tokens('dark');
  expect([light['paper'], light['sheet'], light['ink'], light['accent'], light['gold']]).toEqual(['#f7f5f0', '#fffefb', '#16211f', '#0f5c63', '#8a5a00']);
  expect([dark['paper'], dark['sheet'], dark['ink'], dark['accent'], dark['gold']]).toEqual(['#101716', '#172120', '#ecf1ee', '#62c3c4', '#e9c46a']);
  expect(Object.keys(light).sort()).toEqual(Object.keys(dark).sort());
});
