import type { ReactNode } from 'react';
import { useChartText } from './text';

export type ShownState = 'held' | 'not_decided' | 'failed' | 'waived' | 'none';

const GLYPH: Record<ShownState, string> = {
  held: '\u2713',
  not_decided: '\u25d0',
  failed: '\u2715',
  waived: '\u2691',
  none: '\u25cb',
};
const WORD: Record<ShownState, string> = {
  held: 'charts.state_held',
  not_decided: 'charts.state_not_decided',
  failed: 'charts.state_failed',
  waived: 'charts.state_waived',
  none: 'charts.state_none',
};

/** A decision as glyph, word and colour: never by colour alone. */
export function StatePill({ state, words }: { state: ShownState; words?: string }): ReactNode {
  const { t } = useChartText();
  return (
    <span className={`chart-pill chart-pill-${state}`}>
      <span aria-hidden="true">{GLYPH[state]}</span> {words ?? t(WORD[state])}
    </span>
  );
}

export function stateGlyph(state: ShownState): string {
  return GLYPH[state];
}
