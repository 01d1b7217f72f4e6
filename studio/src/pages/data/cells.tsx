import type { ReactNode } from 'react';
import type { Column } from '../../api/types';
import { formatCompact, formatCount, formatNumber, formatPercent, middleEllipsis } from '../../charts/format';
import { SparkBars, Sparkline } from '../../charts/sparkline';
import { useT, type Translate } from '../../i18n';
import { Chip } from '../../ui/bits';
import { allMissing, drawable, missingShare, topBars } from './columns';

const TYPE_MARK: Record<string, string> = {
  int: '123',
  float: '1.5',
  bool: '0/1',
  text: 'Aa',
  category: 'Aa',
  date: '31',
  timestamp: '31',
  time: '31',
  binary: '01',
  vector: '[ ]',
};

export function typeWord(t: Translate, type: string): string {
  return t.has(`data.type_${type}`) ? t(`data.type_${type}`) : type;
}

/** The type as a small mark; its word is the tooltip and what is read out. */
export function TypeMark({ type }: { type: string }): ReactNode {
  const t = useT();
  return (
    <span className="data-type" title={typeWord(t, type)}>
      <span aria-hidden="true">{TYPE_MARK[type] ?? '?'}</span>
      <span className="sr">{typeWord(t, type)}</span>
    </span>
  );
}

export function RoleChip({ role }: { role: Column['role'] }): ReactNode {
  const t = useT();
  if (role === 'feature') return null;
  return <Chip tone={role === 'label' || role === 'protected' ? 'gold' : 'mute'}>{t(`data.role_${role}`)}</Chip>;
}

export function Anomalies({ column, most = 9 }: { column: Column; most?: number }): ReactNode {
  const t = useT();
  const shown = column.anomalies.slice(0, most);
  const more = column.anomalies.length - shown.length;
  return (
    <span className="data-chips">
      {shown.map((anomaly, i) => (
        <Chip
          key={i}
          tone={anomaly.severity === 'error' ? 'bad' : anomaly.severity === 'warning' ? 'warn' : 'mute'}
          title={t.message(anomaly.message)}
        >
          <span aria-hidden="true">
            {anomaly.severity === 'error' ? '\u2715 ' : anomaly.severity === 'warning' ? '\u25b2 ' : '\u25cb '}
          </span>
          {t.has(`data.anomaly_${anomaly.code.replaceAll('-', '_')}`)
            ? t(`data.anomaly_${anomaly.code.replaceAll('-', '_')}`)
            : t.message(anomaly.message)}
        </Chip>
      ))}
      {more > 0 && <Chip>{`+${more}`}</Chip>}
    </span>
  );
}

export function Missing({ column, rows }: { column: Column; rows: number }): ReactNode {
  const { language } = useT();
  const share = missingShare(column, rows);
  if (column.missing === 0) return <span className="data-none">{formatPercent(0, language, 0)}</span>;
  // A share that rounds to nought must not look like none.
  const words = share < 0.001 ? `< ${formatPercent(0.001, language)}` : formatPercent(share, language);
  return (
    <span className={share > 0.2 ? 'data-much' : undefined} title={formatCount(column.missing, language)}>
      {words}
    </span>
  );
}

export function Distinct({ column }: { column: Column }): ReactNode {
  const { language } = useT();
  const many = column.distinct >= 10_000;
  return (
    <span title={formatCount(column.distinct, language)}>
      {column.exact ? '' : '\u2248\u202f'}
      {many ? formatCompact(column.distinct, language) : formatCount(column.distinct, language)}
    </span>
  );
}

/** Mean and spread of numbers; the most frequent value of words. */
export function Middle({ column, rows }: { column: Column; rows: number }): ReactNode {
  const { language } = useT();
  if (column.mean !== null) {
    return (
      <span>
        {formatNumber(column.mean, language, 3)}
        {column.standard_deviation !== null && (
          <span className="data-spread">{` \u00b1 ${formatNumber(column.standard_deviation, language, 2)}`}</span>
        )}
      </span>
    );
  }
  const first = column.top[0];
  if (!first || rows === 0) return <span>{'\u2014'}</span>;
  return (
    <span title={first.value}>
      <bdi>{middleEllipsis(first.value, 14)}</bdi>{' '}
      <span className="data-spread">{formatPercent(first.count / rows, language, 0)}</span>
    </span>
  );
}

export function Range({ column }: { column: Column }): ReactNode {
  const { language } = useT();
  const say = (value: number | string | null): string =>
    typeof value === 'number' ? formatNumber(value, language, 3) : value === null ? '' : middleEllipsis(value, 12);
  if (column.min === null || column.max === null) return <span>{'\u2014'}</span>;
  return (
    <span dir="auto">
      {column.min === column.max ? say(column.min) : `${say(column.min)} \u2013 ${say(column.max)}`}
    </span>
  );
}

/** The distribution at the height of a row; the compared version is its ghost. */
export function Distribution({
  column,
  other,
  rows,
}: {
  column: Column;
  other: Column | undefined;
  rows: number;
}): ReactNode {
  const t = useT();
  const label = t('data.spark_label', {
    column: middleEllipsis(column.name, 60),
    missing: missingShare(column, rows),
    distinct: column.distinct,
  });
  if (allMissing(column, rows)) return <span className="data-none">{t('data.all_missing_short')}</span>;
  const histogram = drawable(column);
  if (histogram) return <Sparkline histogram={histogram} ghost={drawable(other)} label={label} />;
  if (column.top.length) {
    const bars = topBars(column, rows, 12);
    const rest = bars.find((bar) => bar.kind === 'other')?.count ?? 0;
    return (
      <SparkBars
        counts={bars.filter((bar) => bar.kind === 'value').map((bar) => bar.count)}
        rest={rest}
        label={label}
      />
    );
  }
  return <span className="data-none">{t('data.no_distribution')}</span>;
}
