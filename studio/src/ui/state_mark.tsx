// Decisions and run states: always a glyph, a word and a colour.
import type { ReactNode } from 'react';
import type { RunState, State } from '../api/types';
import { useT } from '../i18n';

export type Shown = State | 'not_started';

export const STATE_GLYPH: Record<Shown, string> = { held: '✓', not_decided: '◐', failed: '✕', waived: '⚑', not_started: '○' };
const STATE_TONE: Record<Shown, string> = { held: 'ok', not_decided: 'warn', failed: 'bad', waived: 'gold', not_started: 'mute' };

export function StateMark({ state, words }: { state: Shown; words?: string }): ReactNode {
  const t = useT();
  return (
    <span className={`pill tone-${STATE_TONE[state]}`}>
      <span aria-hidden="true">{STATE_GLYPH[state]}</span>
      {words ?? t(`frame.state_${state}`)}
    </span>
  );
}

const RUN_GLYPH: Record<RunState, string> = {
  waiting: '○', queued: '○', running: '●', done: '✓', cached: '↺', skipped: '–', failed: '✕', cancelled: '■', preempted: '◌',
};
const RUN_TONE: Record<RunState, string> = {
  waiting: 'mute', queued: 'mute', running: 'live', done: 'ok', cached: 'ok', skipped: 'mute', failed: 'bad', cancelled: 'warn', preempted: 'warn',
};

export function RunMark({ state }: { state: RunState }): ReactNode {
  const t = useT();
  return (
    <span className={`runmark tone-${RUN_TONE[state] ?? 'mute'}`}>
      <span className="runmark-glyph" aria-hidden="true">{RUN_GLYPH[state] ?? '○'}</span>
      {t.has(`frame.run_${state}`) ? t(`frame.run_${state}`) : state}
    </span>
  );
}

/** Whether a run goes on. */
export function ongoing(state: RunState): boolean {
  return state === 'waiting' || state === 'queued' || state === 'running';
}
