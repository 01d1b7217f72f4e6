import type { ReactNode } from 'react';
import type { FairnessView, FourFifths } from '../../api/types';
import { formatFixed, formatLevel, formatNumber } from '../../charts/format';
import { StatePill } from '../../charts/state_pill';
import { decide } from '../../charts/stats';
import { useT } from '../../i18n';
import { sliceName } from './slices';

const LIMIT = 0.8;

/** The four-fifths rule as a sentence per group: ratio, interval, and whether the gap is more than chance. */
export function FourFifthsSentences({ view }: { view: FairnessView }): ReactNode {
  const t = useT();
  const number = (value: number): string => formatFixed(value, t.language, 2);
  if (!view.favorable) return <p className="fair-note">{t('fairness.four_fifths_undeclared')}</p>;
  const say = (row: FourFifths): ReactNode => {
    const significant = row.p < 1 - view.level;
    return t
      .rich(significant ? 'fairness.four_fifths_beyond_chance' : 'fairness.four_fifths_within_chance', {
        group: <bdi key="g">{sliceName(row.slice)}</bdi>,
        highest: <bdi key="h">{sliceName(row.highest)}</bdi>,
        favorable: <bdi key="f">{view.favorable}</bdi>,
        ratio: <strong key="r">{number(row.ratio)}</strong>,
        low: number(row.low),
        high: number(row.high),
        level: formatLevel(view.level, t.language),
        p: row.p < 0.001 ? `< ${formatNumber(0.001, t.language)}` : `= ${formatNumber(row.p, t.language, 2)}`,
      })
      .map((part, i) => <span key={i}>{part}</span>);
  };
  return (
    <ul className="fair-fifths">
      {view.four_fifths.map((row) => {
        const state = decide(row.low, row.high, '>=', LIMIT);
        const words = t(
          state === 'held'
            ? 'fairness.four_fifths_held'
            : state === 'failed'
              ? 'fairness.four_fifths_failed'
              : 'fairness.four_fifths_open',
        );
        return (
          <li key={sliceName(row.slice)}>
            <StatePill state={state} words={words} />
            <p>{say(row)}</p>
          </li>
        );
      })}
    </ul>
  );
}
