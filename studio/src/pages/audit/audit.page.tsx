// The audit log: who did what to which thing, each entry chained to the one before; a button checks the chain.
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { post } from '../../api/client';
import { apiPath, useRead, useWorkspace } from '../../api/hooks';
import type { AuditEntry, Page as PageOf, Problem } from '../../api/types';
import { formatCount } from '../../charts/format';
import { useT } from '../../i18n';
import { integer, text } from '../../state/codec';
import { href } from '../../state/href';
import { useViewState } from '../../state/use_view_state';
import { Digest, Time } from '../../ui/bits';
import { Button } from '../../ui/button';
import { JsonView } from '../../ui/json_view';
import { Page } from '../../ui/page';
import { Await, Empty, ErrorPanel, problemOf } from '../../ui/states';
import { Table } from '../../ui/table';
import '../document/document.css';

const codec = { after: text(), limit: integer(100, 1, 1000) };

export default function AuditPage(): ReactNode {
  const t = useT();
  const { state, set } = useViewState(codec);
  const log = useRead<PageOf<AuditEntry>>(`audit?limit=${state.limit}${state.after ? `&after=${encodeURIComponent(state.after)}` : ''}`);
  return (
    <Page title={t('audit.title')} sub={log.data?.total != null && <span>{t('audit.count', { count: log.data.total })}</span>}>
      <p className="note">{t('audit.what')}</p>
      <Verify />
      <Await of={log} lines={12} empty={(data) => (data.items.length || state.after ? null : <Empty title={t('audit.none')} why={t('audit.none_why')} command="assay run assay.yaml" />)}>
        {(data) => (
          <>
            <Table
              caption={t('audit.title')}
              rows={data.items}
              rowKey={(entry) => String(entry.seq)}
              columns={[
                { key: 'seq', title: t('audit.number'), number: true, hide: 'narrow', cell: (entry) => formatCount(entry.seq, t.language) },
                { key: 'action', title: t('audit.action'), cell: (entry) => <code>{entry.action}</code> },
                { key: 'object', title: t('audit.object'), wide: true, cell: (entry) => <Thing entry={entry} /> },
                { key: 'actor', title: t('audit.actor'), hide: 'narrow', cell: (entry) => <span dir="auto">{entry.actor}</span> },
                { key: 'time', title: t('audit.time'), cell: (entry) => <span className="audit-time"><Time at={entry.time} /></span> },
                { key: 'hash', title: t('audit.hash'), hide: 'middle', cell: (entry) => <Digest value={entry.hash} /> },
              ]}
            />
            <p className="pager">
              {state.after && <Button onClick={() => set({ after: '' }, true)}>{t('audit.first')}</Button>}{' '}
              {data.next && <Button onClick={() => set({ after: String(data.next) }, true)}>{t('audit.more')}</Button>}
            </p>
          </>
        )}
      </Await>
    </Page>
  );
}

// Details are JSON, kept as the text that was hashed.
function detailOf(entry: AuditEntry): Record<string, unknown> {
  try {
    const detail: unknown = typeof entry.detail === 'string' ? JSON.parse(entry.detail) : entry.detail;
    return detail && typeof detail === 'object' ? (detail as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What an entry is about, as a link where it has a page. */
function Thing({ entry }: { entry: AuditEntry }): ReactNode {
  const workspace = useWorkspace();
  const { object } = entry;
  const detail = detailOf(entry);
  const kind = /^(model|dataset)\.registered$/.exec(entry.action)?.[1];
  const asset = /^(model|dataset):([^@]+)@(\d+)$/.exec(kind ? `${kind}:${object}` : object);
  if (typeof detail['run'] === 'string') {
    return (
      <>
        <Link href={href(workspace, 'runs', detail['run'])}><code>{object}</code></Link>{' '}
        {typeof detail['output'] === 'string' && detail['output'] && <Digest value={detail['output']} link />}
      </>
    );
  }
  if (asset) return <Link href={href(workspace, asset[1] === 'model' ? 'models' : 'data', asset[2] as string, asset[3] as string)}><code>{object}</code></Link>;
  if (/^sha256:[0-9a-f]{64}$/.test(object)) return <Digest value={object} link />;
  const run = /^(?:run:)?([0-9a-f]{32})$/.exec(object);
  if (run) return <Link href={href(workspace, 'runs', run[1] as string)}><code>{(run[1] as string).slice(0, 12)}</code></Link>;
  return <code dir="auto">{object}</code>;
}

function Verify(): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Record<string, unknown> | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const verify = async (): Promise<void> => {
    setBusy(true);
    try {
      setAnswer((await post<Record<string, unknown>>(apiPath(workspace, 'audit:verify'), {})).body);
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  const state = answer?.['state'];
  const whole = state === 'held' || answer?.['whole'] === true || answer?.['ok'] === true;
  return (
    <div className="audit-verify">
      <p><Button icon="check" disabled={busy} onClick={() => void verify()}>{t('audit.verify')}</Button></p>
      <div role="status">
        {answer && (
          <div className="sheet">
            <p className={whole ? 'tone-ok' : 'tone-bad'}><strong><span aria-hidden="true">{whole ? '✓' : '✕'} </span>{t(whole ? 'audit.whole' : 'audit.broken')}</strong></p>
            <JsonView value={answer} />
          </div>
        )}
        {problem && <ErrorPanel problem={problem} />}
      </div>
    </div>
  );
}
