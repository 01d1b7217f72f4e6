import { expect, it } from 'vitest';
import { distance, nearest } from './nearest';

it('counts edits, a swap as one, and gives up early', () => {
  expect(distance('kitten', 'sitting', 3)).toBe(3);
  expect(distance('dta', 'data', 2)).toBe(1);
  expect(distance('urns', 'runs', 2)).toBe(1);
  expect(distance('a', 'abcdef', 2)).toBe(3);
  expect(distance('x'.repeat(5000), 'y'.repeat(5000), 2)).toBe(3);
});

it('finds what was meant', () => {
  const known = ['data', 'runs', 'lineage', 'mortgage'];
  expect(nearest('dta', known, (name) => name)).toEqual(['data']);
  expect(nearest('Mortgage-2', known, (name) => name)).toEqual(['mortgage']);
  expect(nearest('zzzz', known, (name) => name)).toEqual([]);
});
