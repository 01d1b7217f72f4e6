import type { ReactNode } from 'react';
import type { Figure } from '../../api/types';
import { formatCount, formatFixed, formatNumber } from '../../charts/format';
import { useT } from '../../i18n';
import { Section } from '../../ui/page';
import { Table } from '../../ui/table';

/** Overall figures with their intervals; one that is undefined says why. */
export function Figures({ figures }: { figures: readonly Figure[] }): ReactNode {
  const t = useT();
  // Four decimals, so that figures stand under each other; large ones as they come.
  const say = (given: Figure['value']): string => {
    const value = given === 'Infinity' ? Infinity : given === '-Infinity' ? -Infinity : given;
    return value !== null && Math.abs(value) < 1000 ? formatFixed(value, t.language, 4) : formatNumber(value, t.language);
  };
  const nameOf = (figure: Figure): string => (t.has(`model.metric_${figure.name}`) ? t(`model.metric_${figure.name}`) : figure.name.replaceAll('_', ' '));
  return (
    <Section title={t('model.figures')} note={t('model.figures_note', { level: figures[0]?.level ?? 0.95 })}>
      <Table
        caption={t('model.figures')}
        rows={figures}
        rowKey={(figure, i) => `${figure.name}${i}`}
        columns={[
          { key: 'name', title: t('model.figure'), wide: true, cell: (figure) => <>{nameOf(figure)} <code className="statement-code">{figure.name}</code></> },
          { key: 'value', title: t('model.value'), number: true, cell: (figure) => (figure.value === null ? <span title={figure.why}>{'\u2014'}</span> : say(figure.value)) },
          {
            key: 'interval',
            title: t('model.interval'),
            number: true,
            cell: (figure) => (figure.low === null || figure.high === null ? <span title={figure.why}>{'\u2014'}</span> : t('frame.interval', { low: say(figure.low), high: say(figure.high) })),
          },
          { key: 'n', title: 'n', number: true, hide: 'narrow', cell: (figure) => formatCount(figure.n, t.language) },
          { key: 'method', title: t('model.method'), hide: 'middle', cell: (figure) => <code>{figure.method}</code> },
        ]}
      />
    </Section>
  );
}
