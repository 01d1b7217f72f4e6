// The hallmark's punch marks. The shape says which property, the filling how it stands; words say both.
import type { ReactNode } from 'react';
import type { Mark, MarkName } from '../api/types';
import { type Translate, useT } from '../i18n';
import type { Shown } from './state_mark';

/** Outline on a 24 x 24 field, letter, and where the letter's baseline lies. */
export const MARKS: Record<MarkName, { path: string; letter: string; baseline: number }> = {
  fair: { path: 'M7.300 1.500h9.400l5.800 5.800v9.400l-5.800 5.800H7.300l-5.800-5.800V7.300z', letter: 'F', baseline: 16 },
  private: { path: 'M12 1.500l9.500 3.200v7c0 5.200-3.900 8.900-9.500 10.800-5.600-1.900-9.500-5.600-9.500-10.800v-7z', letter: 'P', baseline: 15.500 },
  explained: { path: 'M12 1.500a10.500 10.500 0 100 21 10.500 10.500 0 000-21z', letter: 'X', baseline: 16 },
  robust: { path: 'M2 2h20v20H2z', letter: 'R', baseline: 16 },
  documented: { path: 'M12 .8L23.200 12 12 23.200.8 12z', letter: 'D', baseline: 16 },
  secure: { path: 'M12 1l9.800 5.500v11L12 23l-9.800-5.500v-11z', letter: 'S', baseline: 16 },
  monitored: { path: 'M5.800 3h12.400l4.300 18h-21z', letter: 'M', baseline: 17 },
};
export const MARK_ORDER = Object.keys(MARKS) as MarkName[];

/** "Fair: not decided". */
export function markWords(t: Translate, name: MarkName, state: Shown): string {
  return t('frame.mark_words', { mark: t(`frame.mark_${name}`), state: t(`frame.state_${state}`) });
}

/** The picture alone; whoever uses it gives the words. */
export function MarkShape({ name, state, size }: { name: MarkName; state: Shown; size: number }): ReactNode {
  const { path, letter, baseline } = MARKS[name];
  return (
    <svg className={`punch punch-${state}`} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path className="punch-body" d={path} />
      <text className="punch-letter" x="12" y={baseline} textAnchor="middle">
        {letter}
      </text>
      {state === 'failed' && <path className="punch-strike" d="M2 22L22 2" />}
      {state === 'waived' && <path className="punch-waived" d="M15 9V1.500l7 2.500-7 2.500" />}
    </svg>
  );
}

/** All seven in their order, those that nothing speaks of as not started. */
export function allMarks(marks: readonly Mark[]): Mark[] {
  return MARK_ORDER.map((name) => marks.find((mark) => mark.name === name) ?? { name, state: 'not_started', rules: [], evidence: [] });
}

/** A row of marks as one picture with one sentence. */
export function PunchMarks({ marks, size = 24 }: { marks: readonly Mark[]; size?: number }): ReactNode {
  const t = useT();
  const shown = allMarks(marks);
  const words = shown.map((mark) => markWords(t, mark.name, mark.state));
  return (
    <span className="punch-row" role="img" aria-label={t('frame.hallmark_words', { marks: words.join('; ') })}>
      {shown.map((mark, i) => (
        <span key={mark.name} title={words[i]}>
          <MarkShape name={mark.name} state={mark.state} size={size} />
        </span>
      ))}
    </span>
  );
}
