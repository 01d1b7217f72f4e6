import type { ReactNode } from 'react';
import type { DataView } from '../../api/types';
import { formatCount, formatPercent, middleEllipsis } from '../../charts/format';
import { IntervalChart } from '../../charts/interval_chart';
import { wilson } from '../../charts/stats';
import { useT } from '../../i18n';
import { Table } from '../../ui/table';

const LEVEL = 0.95;

/** The parts of the split: how large, and whether the label is as frequent in each. */
export function Splits({ view }: { view: DataView }): ReactNode {
  const t = useT();
  const { language } = t;
  const partName = (part: string): string =>
    t.has(`data.part_${part}`) ? t(`data.part_${part}`) : middleEllipsis(part, 40);
  const values = [...new Set(view.splits.flatMap((split) => split.labels.map((label) => label.value)))];
  const rowsOf = (split: DataView['splits'][0], value: string | null): number =>
    split.labels.find((label) => label.value === value)?.rows ?? 0;
  const all = view.splits.reduce((sum, split) => sum + split.rows, 0);
  // Names and values of the data may be of any length: here they are shortened, their columns show them whole.
  const label = middleEllipsis(view.label, 40);
  const short = (value: string | null): string => middleEllipsis(value ?? '\u2205', 40);
  const positive = values.includes(view.positive) ? view.positive : (values[0] ?? null);
  return (
    <>
      {view.label && positive !== null && values.length > 1 && (
        <IntervalChart
          title={t('data.label_share', { label, value: short(positive) })}
          heading={3}
          unit="percent"
          level={LEVEL}
          rows={view.splits.map((split, series) => {
            const k = rowsOf(split, positive);
            const interval = wilson(k, split.rows, LEVEL);
            return {
              label: partName(split.part),
              series,
              n: split.rows,
              value: interval ? k / split.rows : null,
              low: interval?.low ?? null,
              high: interval?.high ?? null,
            };
          })}
          origin={view.provenance}
        />
      )}
      {view.label && values.length === 1 && (
        <p className="data-note">{t('data.one_class', { label, value: short(values[0] ?? null) })}</p>
      )}
      <Table
        caption={t('data.splits')}
        rows={view.splits}
        rowKey={(split) => split.part}
        columns={[
          { key: 'part', title: t('data.part'), cell: (split) => partName(split.part) },
          { key: 'rows', title: t('data.rows'), number: true, cell: (split) => formatCount(split.rows, language) },
          {
            key: 'share',
            title: t('data.share'),
            number: true,
            cell: (split) => formatPercent(all > 0 ? split.rows / all : 0, language),
          },
          ...values.slice(0, 6).map((value) => ({
            key: `=${value ?? ''}`,
            title: `${label} = ${short(value)}`,
            number: true,
            cell: (split: DataView['splits'][0]) =>
              `${formatCount(rowsOf(split, value), language)} (${formatPercent(split.rows > 0 ? rowsOf(split, value) / split.rows : 0, language)})`,
          })),
        ]}
      />
    </>
  );
}
