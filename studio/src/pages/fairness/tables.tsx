import type { ReactNode } from 'react';
import type { FairnessView, Gap } from '../../api/types';
import { asNumber, formatCount, formatLevel, formatNumber } from '../../charts/format';
import { gapText } from '../../charts/gap_tile';
import { StatePill } from '../../charts/state_pill';
import { useT } from '../../i18n';
import { Table } from '../../ui/table';
import { gapName, gapParts, isFavorable } from './metrics';
import { sliceName } from './slices';
import { judge } from './tiles';

/** Per group: rows, few-rows flag, the four outcomes. */
export function GroupTable({ view }: { view: FairnessView }): ReactNode {
  const t = useT();
  const count = (value: number | undefined): string => formatCount(value ?? null, t.language);
  return (
    <Table
      caption={t('fairness.group_table')}
      rows={view.slices}
      rowKey={(row) => sliceName(row.slice)}
      columns={[
        {
          key: 'group',
          title: t('fairness.group'),
          cell: (row) => (
            <>
              <bdi>{sliceName(row.slice)}</bdi>
              {row.low_support && (
                <span className="fair-low" title={t('fairness.low_support_why', { n: view.min_n })}>
                  {' '}
                  {'\u25bd'} {t('fairness.low_support')}
                </span>
              )}
            </>
          ),
        },
        { key: 'n', title: t('fairness.rows'), number: true, cell: (row) => count(row.n) },
        {
          key: 'tp',
          title: t('fairness.true_positive'),
          number: true,
          cell: (row) => count(row.confusion?.true_positive),
        },
        {
          key: 'fp',
          title: t('fairness.false_positive'),
          number: true,
          cell: (row) => count(row.confusion?.false_positive),
        },
        {
          key: 'tn',
          title: t('fairness.true_negative'),
          number: true,
          cell: (row) => count(row.confusion?.true_negative),
        },
        {
          key: 'fn',
          title: t('fairness.false_negative'),
          number: true,
          cell: (row) => count(row.confusion?.false_negative),
        },
      ]}
    />
  );
}

function pText(value: number | null | undefined, locale: string): string {
  if (value === null || value === undefined) return '\u2014';
  return value < 0.001 ? `< ${formatNumber(0.001, locale)}` : formatNumber(value, locale, 2);
}

/** Every gap with interval, p, and what chance alone would show; one table per coding. */
/** The gaps that a first reading needs: differences over all groups, and whatever a rule judges. */
function plainGaps(gaps: readonly Gap[]): Gap[] {
  return gaps.filter(
    (gap) => gap.rules.length > 0 || (!gap.figure.slice && gapParts(gap.figure.name)?.kind === 'difference'),
  );
}

export function GapTable({
  view,
  favorable,
  tried,
  all,
}: {
  view: FairnessView;
  favorable: boolean;
  tried: number | null;
  all: boolean;
}): ReactNode {
  const t = useT();
  const { language } = t;
  const rows = (all ? view.gaps : plainGaps(view.gaps)).filter((gap) => isFavorable(gap.figure.name) === favorable);
  if (!rows.length) return null;
  const unit = (gap: Gap): 'ratio' | 'points' => (gapParts(gap.figure.name)?.kind === 'ratio' ? 'ratio' : 'points');
  return (
    <Table
      caption={t(favorable ? 'fairness.coding_favorable' : 'fairness.coding_positive', {
        value: favorable ? view.favorable : view.positive,
      })}
      rows={rows}
      rowKey={(gap) => gap.figure.name + sliceName(gap.figure.slice ?? {})}
      columns={[
        {
          key: 'name',
          title: t('fairness.gap'),
          cell: (gap) => (
            <>
              {gapName(t, gap.figure.name)}
              {gap.figure.slice && (
                <span className="fair-against">
                  {' '}
                  <bdi>
                    {t('fairness.against', {
                      group: sliceName(gap.figure.slice),
                      reference: sliceName(gap.figure.reference ?? {}),
                    })}
                  </bdi>
                </span>
              )}
            </>
          ),
        },
        {
          key: 'value',
          title: t('fairness.value'),
          number: true,
          cell: (gap) => gapText(asNumber(gap.figure.value), unit(gap), language),
        },
        {
          key: 'interval',
          title: t('fairness.interval', { level: formatLevel(view.level, language) }),
          number: true,
          cell: (gap) =>
            gap.figure.low === null || gap.figure.high === null
              ? '\u2014'
              : t('fairness.low_to_high', {
                  low: gapText(asNumber(gap.figure.low), unit(gap), language, true),
                  high: gapText(asNumber(gap.figure.high), unit(gap), language, true),
                }),
        },
        {
          key: 'p',
          title: t('fairness.p'),
          number: true,
          cell: (gap) => pText(gap.figure.p_adjusted ?? gap.figure.p, language),
        },
        {
          key: 'chance',
          title: t('fairness.by_chance'),
          number: true,
          hide: 'narrow',
          cell: (gap) => gapText(gap.null_expected, unit(gap), language),
        },
        {
          key: 'corrected',
          title: t('fairness.corrected'),
          number: true,
          hide: 'narrow',
          cell: (gap) => gapText(gap.bias_corrected, unit(gap), language),
        },
        {
          key: 'state',
          title: t('fairness.state'),
          cell: (gap) => {
            const { state } = judge(gap, tried);
            return gap.figure.slice || state === 'none' ? '\u2014' : <StatePill state={state} />;
          },
        },
      ]}
    />
  );
}
