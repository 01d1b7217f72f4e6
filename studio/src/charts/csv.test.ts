import { describe, expect, it } from 'vitest';
import { type Origin, toCsv } from './csv';
import { fileName } from './export';

const origin: Origin = {
  evidence: ['sha256:1d28'],
  refs: { dataset: 'dataset:mortgage@1' },
  seed: 0,
  code: 'assay 0.1.0',
  run: '01a2',
  finished: '2026-11-22T20:05:29Z',
  signature: 'none',
  stale: true,
};

/** The cells of RFC 4180 text. */
function read(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /("((?:[^"]|"")*)"|[^,\r\n]*)(,|\r\n|$)/y;
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text) as RegExpExecArray;
    (rows[rows.length - 1] as string[]).push(
      found[2] === undefined ? (found[1] as string) : found[2].replaceAll('""', '"'),
    );
    if (found[3] === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length);
}

describe('CSV', () => {
  it('starts with comments that name the origin', () => {
    const text = toCsv('Selection\nrate', { columns: ['a'], rows: [[1]] }, origin);
    const head = text.split('\r\n').filter((line) => line.startsWith('#'));
    expect(head[0]).toBe('# Selection rate');
    for (const word of ['sha256:1d28', 'dataset=dataset:mortgage@1', 'run: 01a2', 'seed: 0', 'stale'])
      expect(head.join('\n')).toContain(word);
    expect(text.endsWith('a\r\n1\r\n')).toBe(true);
  });
  it('brings every cell back', () => {
    const cells = ['plain', 'comma, here', 'quote " here', 'line\nbreak', '\u65e5\u672c\u8a9e', ''];
    const text = toCsv('t', { columns: cells.map((_, i) => `c${i}`), rows: [cells] }, null);
    expect(read(text.slice(text.indexOf('c0')))[1]).toEqual(cells);
  });
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('makes text of the formula %j', (cell) => {
    const text = toCsv('t', { columns: ['a'], rows: [[cell]] }, null);
    expect(read(text.slice(text.indexOf('a\r\n')))[1]).toEqual([`'${cell}`]);
  });
  it('keeps negative numbers as numbers at full precision, and says infinity', () => {
    const text = toCsv('t', { columns: ['a', 'b', 'c', 'd'], rows: [[-0.1 - 0.2, Infinity, null, NaN]] }, null);
    expect(text).toContain('-0.30000000000000004,Infinity,,');
  });
});

describe('file names', () => {
  it('hold no character that a file system refuses', () => {
    expect(fileName(['assay', 'False positive rate: a/b?'], 'svg')).toBe('assay-False-positive-rate-a-b.svg');
    expect(fileName(['assay', '\u507d\u967d\u6027\u7387'], 'csv')).toBe('assay-\u507d\u967d\u6027\u7387.csv');
    expect(fileName(['../..'], 'png')).toBe('chart.png');
  });
});
