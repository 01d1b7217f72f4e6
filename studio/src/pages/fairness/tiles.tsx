import type { ReactNode } from 'react';
import type { FairnessView, Gap, Rule, State } from '../../api/types';
import { asNumber, formatCount, formatFixed } from '../../charts/format';
import { GapTile } from '../../charts/gap_tile';
import type { ShownState } from '../../charts/state_pill';
import { type Comparison, decide, readRequirement, rowsNeeded } from '../../charts/stats';
import { useT } from '../../i18n';
import { Explain } from './explain';
import { baseOf, gapName, gapParts, headlineGaps } from './metrics';
import { figureOf, sliceName } from './slices';

const WORST: readonly State[] = ['failed', 'not_decided', 'waived', 'held'];

/** The rule that matters most for a gap: the least favourable state first. */
export function rulingOf(rules: readonly Rule[]): Rule | null {
  return rules.slice().sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state))[0] ?? null;
}

export interface Judged {
  state: ShownState;
  limit: number | null;
  comparison: Comparison;
  rule: Rule | null;
}

/** The decision on a gap: the gate's where there is a rule, else against the limit that the reader tries. */
export function judge(gap: Gap, tried: number | null): Judged {
  const rule = rulingOf(gap.rules);
  const ratio = gapParts(gap.figure.name)?.kind === 'ratio';
  if (rule) {
    const read = readRequirement(rule.require);
    return {
      state: rule.state,
      limit: rule.limit ?? read?.limit ?? null,
      comparison: read?.comparison ?? (ratio ? '>=' : '<='),
      rule,
    };
  }
  const comparison = ratio ? '>=' : '<=';
  if (tried === null) return { state: 'none', limit: null, comparison, rule: null };
  const limit = ratio ? 1 - tried : tried;
  return {
    state: decide(asNumber(gap.figure.low), asNumber(gap.figure.high), comparison, limit),
    limit,
    comparison,
    rule: null,
  };
}

export function GapTiles({ view, tried }: { view: FairnessView; tried: number | null }): ReactNode {
  const t = useT();
  const gaps = headlineGaps(view.gaps, view.harms);
  return (
    <div className="fair-tiles">
      {gaps.map((gap) => {
        const { figure } = gap;
        const judged = judge(gap, tried);
        const ratio = gapParts(figure.name)?.kind === 'ratio';
        const harm = view.harms.find((each) => each.metric.replace(/\(.*$/, '').trim() === figure.name);
        return (
          <GapTile
            key={figure.name}
            label={gapName(t, figure.name)}
            unit={ratio ? 'ratio' : 'points'}
            value={asNumber(figure.value)}
            low={asNumber(figure.low)}
            high={asNumber(figure.high)}
            level={figure.level}
            state={judged.state}
            limit={judged.limit}
            comparison={judged.comparison}
            {...(figure.why ? { why: figure.why } : {})}
            help={<Explain metric={baseOf(figure.name)} />}
          >
            {harm && (
              <p className="fair-harm">
                <span className="fair-harm-kind">
                  {t.has(`fairness.harm_${harm.kind.replaceAll('-', '_')}`)
                    ? t(`fairness.harm_${harm.kind.replaceAll('-', '_')}`)
                    : harm.kind}
                </span>{' '}
                <span dir="auto">{harm.who}</span>
              </p>
            )}
            {judged.rule?.because && (
              <p className="fair-because" dir="auto">
                {judged.rule.because}
              </p>
            )}
          </GapTile>
        );
      })}
    </div>
  );
}

/** Rows that the smallest group needs for an interval of the gap within +-limit, against the largest group. */
export function rowsForWidth(
  view: FairnessView,
  gap: Gap,
  limit: number,
): { group: string; rows: number; have: number } | null {
  const parts = gapParts(gap.figure.name);
  if (parts?.kind !== 'difference') return null;
  const base =
    parts.base === 'demographic_parity'
      ? 'selection_rate'
      : parts.base === 'equal_opportunity'
        ? 'true_positive_rate'
        : parts.base;
  const groups = view.slices
    .map((slice) => ({ name: sliceName(slice.slice), figure: figureOf(slice, base) }))
    .filter(({ figure }) => figure && figure.n > 0 && asNumber(figure.value) !== null)
    .sort((a, b) => (a.figure?.n ?? 0) - (b.figure?.n ?? 0));
  const small = groups[0];
  const large = groups[groups.length - 1];
  if (!small?.figure || !large?.figure || small === large) return null;
  const rows = rowsNeeded(
    asNumber(small.figure.value) as number,
    asNumber(large.figure.value) as number,
    large.figure.n,
    limit,
  );
  return rows > small.figure.n ? { group: small.name, rows, have: small.figure.n } : null;
}

/** For each gap that is not decided: how many more rows of each group would settle it. */
export function WhatDecides({ view, tried }: { view: FairnessView; tried: number | null }): ReactNode {
  const t = useT();
  const open = headlineGaps(view.gaps, view.harms).filter((gap) => judge(gap, tried).state === 'not_decided');
  if (!open.length) return <p>{t('fairness.all_decided')}</p>;
  return (
    <ul className="fair-list">
      {open.map((gap) => {
        const own = gap.rules.length === 0 && tried !== null ? rowsForWidth(view, gap, tried) : null;
        if (own) {
          const values = {
            limit: formatFixed(tried === null ? 0 : tried * 100, t.language, 0),
            group: <bdi>{own.group}</bdi>,
            rows: <b>{formatCount(own.rows, t.language)}</b>,
            have: formatCount(own.have, t.language),
          };
          return (
            <li key={gap.figure.name}>
              <strong>{gapName(t, gap.figure.name)}</strong>
              <div>
                {t
                  .rich(Number.isFinite(own.rows) ? 'fairness.rows_for_width' : 'fairness.rows_not_reachable', values)
                  .map((part, i) => (
                    <span key={i}>{part}</span>
                  ))}
              </div>
            </li>
          );
        }
        const needed = gap.rules.length === 0 ? [] : gap.rows_needed.filter((need) => need.extra_rows > 0);
        return (
          <li key={gap.figure.name}>
            <strong>{gapName(t, gap.figure.name)}</strong>
            {needed.length === 0 && <> {t('fairness.rows_unknown')}</>}
            {needed.map((need) => (
              <div key={sliceName(need.slice)}>
                {t
                  .rich(need.extra_rows > 1_000_000 ? 'fairness.rows_out_of_reach' : 'fairness.rows_needed', {
                    rows: (
                      <b>
                        {new Intl.NumberFormat(t.language, {
                          notation: need.extra_rows > 1_000_000 ? 'compact' : 'standard',
                        }).format(need.extra_rows)}
                      </b>
                    ),
                    group: <bdi>{sliceName(need.slice)}</bdi>,
                  })
                  .map((part, i) => (
                    <span key={i}>{part}</span>
                  ))}
              </div>
            ))}
          </li>
        );
      })}
    </ul>
  );
}
