import { fireEvent, render, screen } from '@testing-library/react';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { addCatalogue } from '../i18n';
import words from '../i18n/en/charts.json';
import { GapTile } from './gap_tile';
import { Histogram } from './histogram';
import { IntervalChart } from './interval_chart';
import { Matrix } from './matrix';

beforeAll(() => {
  addCatalogue('en', 'charts', words);
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 800 });
});

const rows = [
  { label: 'sex = f', series: 0, n: 100, value: 0.3, low: 0.22, high: 0.4 },
  { label: 'sex = m', series: 1, n: 400, value: 0.1, low: 0.07, high: 0.13 },
  { label: 'sex = x', series: 2, n: 0, value: null, low: null, high: null },
];

function chart(): HTMLElement {
  const picture = screen.getAllByRole('img')[0];
  if (!picture) throw new Error('no picture');
  return picture;
}

describe('a chart', () => {
  it('says itself in one sentence, and walks its points by arrows', () => {
    const { container } = render(
      <IntervalChart title="Selection rate" unit="percent" rows={rows} level={0.95} limit={0.2} origin={null} />,
    );
    expect(chart().getAttribute('aria-label')).toBe(
      'Selection rate. Lowest 10.0% for sex = m, highest 30.0% for sex = f, over 3 groups.',
    );
    const spoken = (): string | null | undefined => container.querySelector('[aria-live]')?.textContent;
    fireEvent.keyDown(chart(), { key: 'ArrowDown' });
    expect(spoken()).toBe('sex = f: 30.0%, 95% interval 22.0% to 40.0%, 100 rows');
    fireEvent.keyDown(chart(), { key: 'End' });
    expect(spoken()).toBe('sex = x: no rows');
    fireEvent.keyDown(chart(), { key: 'ArrowDown' });
    expect(spoken()).toBe('sex = x: no rows');
    fireEvent.keyDown(chart(), { key: 'Escape' });
    expect(spoken()).toBe('');
  });
  it('opens its table by t, never shows NaN', () => {
    const { container } = render(
      <IntervalChart title="Selection rate" unit="percent" rows={rows} level={0.95} origin={null} />,
    );
    expect(screen.queryByRole('table')).toBeNull();
    fireEvent.keyDown(chart(), { key: 't' });
    expect(screen.getByRole('table').textContent).toContain('sex = m');
    expect(container.textContent).not.toContain('NaN');
  });
  it('leaves keys with modifiers and foreign keys alone', () => {
    render(<IntervalChart title="Selection rate" unit="percent" rows={rows} level={0.95} origin={null} />);
    const heard = vi.fn();
    document.addEventListener('keydown', heard);
    fireEvent.keyDown(chart(), { key: 't', ctrlKey: true });
    fireEvent.keyDown(chart(), { key: 'q' });
    fireEvent.keyDown(chart(), { key: 'ArrowUp' });
    document.removeEventListener('keydown', heard);
    expect(screen.queryByRole('table')).toBeNull();
    expect(heard).toHaveBeenCalledTimes(2);
  });
  it('draws one value as one bar and an empty histogram as words', () => {
    const { container, rerender } = render(
      <Histogram title="x" histogram={{ edges: [3, 3], counts: [7] }} origin={null} />,
    );
    expect(container.querySelectorAll('.chart-bar')).toHaveLength(1);
    rerender(<Histogram title="x" histogram={{ edges: [], counts: [] }} origin={null} />);
    expect(chart().getAttribute('aria-label')).toBe('x. no rows');
  });
  it('hatches cells with too few rows and keeps them out of the summary', () => {
    const cell = (row: string, column: string, n: number, value: number) => ({
      row,
      column,
      n,
      value,
      low: 0,
      high: 1,
    });
    const { container } = render(
      <Matrix
        title="Rate"
        rowName="sex"
        columnName="race"
        cells={[cell('f', 'a', 200, 0.2), cell('f', 'b', 3, 1), cell('m', 'a', 90, 0.4), cell('m', 'b', 40, 0.3)]}
        minimum={30}
        level={0.95}
        unit="percent"
        origin={null}
      />,
    );
    expect(container.querySelectorAll('.chart-cell-few')).toHaveLength(1);
    expect(chart().getAttribute('aria-label')).toContain(
      'From 20.0% for f \u00d7 a to 40.0% for m \u00d7 a; 1 cell has too few rows.',
    );
  });
});

describe('a tile', () => {
  it.each([
    ['held', '\u2713 within limit 10.0\u00a0pp'],
    ['failed', '\u2715 beyond limit 10.0\u00a0pp'],
    ['not_decided', '\u25d0 not decided: limit 10.0\u00a0pp'],
  ] as const)('says %s by glyph and word', (state, text) => {
    const { container } = render(
      <GapTile
        label="Gap"
        unit="points"
        value={-0.182}
        low={-0.355}
        high={0.029}
        level={0.95}
        state={state}
        limit={0.1}
        comparison="<="
      />,
    );
    expect(container.querySelector('.chart-pill')?.textContent).toBe(text);
    expect(container.textContent).toContain('\u221218.2\u00a0pp');
    expect(container.textContent).toContain('95% CI \u221235.5 to 2.9');
  });
});
