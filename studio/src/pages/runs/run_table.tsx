import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useWorkspace } from '../../api/hooks';
import type { RunItem } from '../../api/types';
import { useT } from '../../i18n';
import { href } from '../../state/href';
import { Digest, Duration, Time } from '../../ui/bits';
import { RunMark, ongoing } from '../../ui/state_mark';
import { Table, type TableColumn } from '../../ui/table';
import './runs.css';

/** Runs, newest first; `brief` leaves out who and what it concluded. */
export function RunTable({ runs, brief = false }: { runs: readonly RunItem[]; brief?: boolean }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const columns: TableColumn<RunItem>[] = [
    {
      key: 'run',
      title: t('runs.run'),
      wide: true,
      cell: (run) => (
        <Link href={href(workspace, 'runs', run.run)}>
          <span dir="auto">{run.name || run.operation}</span> <code className="run-id">{run.run.slice(0, 12)}</code>
        </Link>
      ),
    },
    { key: 'operation', title: t('runs.operation'), hide: 'narrow', cell: (run) => <code>{run.operation}</code> },
    { key: 'state', title: t('runs.state'), cell: (run) => <RunMark state={run.state} /> },
    { key: 'started', title: t('runs.started'), hide: 'narrow', cell: (run) => <span className="nowrap"><Time at={run.started} /></span> },
    { key: 'seconds', title: t('runs.duration'), number: true, cell: (run) => (ongoing(run.state) ? '' : <Duration seconds={run.seconds} />) },
  ];
  if (!brief) {
    columns.push(
      { key: 'by', title: t('runs.by'), hide: 'middle', cell: (run) => <span dir="auto">{run.by}</span> },
      { key: 'digest', title: t('runs.evidence'), hide: 'middle', cell: (run) => (run.digest ? <Digest value={run.digest} link /> : '') },
    );
  }
  return <Table caption={t('runs.title')} rows={runs} rowKey={(run) => run.run} columns={columns} />;
}
