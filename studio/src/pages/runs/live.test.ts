import { describe, expect, it } from 'vitest';
import type { LogLine, RunState, RunView } from '../../api/types';
import { applied, withLines } from './live';
import { bars } from './steps';

function view(state: RunState): RunView {
  return {
    run: 'r1', operation: 'plan.run', state, by: 'ada', started: '2026-11-22T12:00:00Z', finished: null, seconds: 0, parent: null, name: 'm', digest: null,
    host: 'h', threads: 2, inputs: [], outputs: [], options: {}, error: null, steps: [], progress: null, files: {}, verdict: null,
    provenance: { evidence: [], refs: {}, seed: null, code: '', run: 'r1', finished: '', signature: 'none', stale: false },
  };
}
const step = (id: string, state: RunState, number: number, seconds = 0): object => ({ run: 'r1', id, operation: `${id}.x`, state, number, of: 3, seconds, digest: null });

describe('a run while it goes on', () => {
  it('gathers steps in their order', () => {
    let now = view('running');
    now = applied(now, 'step', step('data', 'running', 1));
    now = applied(now, 'step', step('model', 'running', 3));
    now = applied(now, 'step', step('data', 'done', 1, 0.5));
    now = applied(now, 'step', step('split', 'cached', 2));
    expect(now.steps.map((each) => [each.id, each.state, each.seconds])).toEqual([['data', 'done', 0.5], ['split', 'cached', 0], ['model', 'running', 0]]);
  });

  it('does not go back when a replay repeats itself', () => {
    let now = applied(view('running'), 'step', step('data', 'done', 1, 0.5));
    now = applied(now, 'step', step('data', 'running', 1));
    expect(now.steps[0]?.state).toBe('done');
    const ended = applied(now, 'state', { kind: 'run', id: 'r1', state: 'done' });
    expect(applied(ended, 'progress', { phase: 'x', done: 1, total: 2, eta_s: 1, message: '' })).toBe(ended);
    expect(applied(ended, 'step', step('model', 'running', 3))).toBe(ended);
  });

  it('leaves the view alone for what is not its own', () => {
    const now = view('running');
    expect(applied(now, 'state', { kind: 'run', id: 'r2', state: 'done' })).toBe(now);
    expect(applied(now, 'hello', {})).toBe(now);
  });

  it('keeps log lines once, in order, the last 2,000', () => {
    const line = (seq: number): LogLine => ({ seq, level: 'info', text: String(seq), time: '' });
    const some = withLines([line(1), line(3)], [line(2), line(3)]);
    expect(some.map((each) => each.seq)).toEqual([1, 2, 3]);
    expect(withLines(some, [line(2)])).toBe(some);
    expect(withLines([], Array.from({ length: 2500 }, (_, i) => line(i)))).toHaveLength(2000);
  });

  it('draws bars one after the other', () => {
    expect(bars([{ seconds: 1 }, { seconds: 0 }, { seconds: 3 }])).toEqual([{ from: 0, to: 0.25 }, { from: 0.25, to: 0.25 }, { from: 0.25, to: 1 }]);
    expect(bars([{ seconds: 0 }])).toEqual([{ from: 0, to: 0 }]);
  });
});
