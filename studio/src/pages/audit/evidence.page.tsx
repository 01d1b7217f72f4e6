// One piece of evidence, raw: what was concluded, its record, its bytes, as they are kept.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { apiPath, segments, useRead, useWorkspace } from '../../api/hooks';
import type { EvidenceAnswer } from '../../api/types';
import { NotFound } from '../../app/not_found';
import { useParams } from '../../app/route';
import { formatCount } from '../../charts/format';
import { useT } from '../../i18n';
import { oneOf } from '../../state/codec';
import { href } from '../../state/href';
import { useViewState } from '../../state/use_view_state';
import { Command, CopyButton, Digest, Time } from '../../ui/bits';
import { JsonView } from '../../ui/json_view';
import { Page, Section } from '../../ui/page';
import { Await, problemOf } from '../../ui/states';
import { Facts, Table } from '../../ui/table';
import { Tabs } from '../../ui/tabs';
import '../document/document.css';

const codec = { tab: oneOf(['tree', 'text'], 'tree') };
const SHOWN = 200_000;

export default function EvidencePage(): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const { digest = '' } = useParams();
  const { state, set } = useViewState(codec);
  const read = useRead<EvidenceAnswer>(`evidence/${segments(digest)}`);
  const kind = read.data?.evidence.kind ?? '';
  if (read.isError && !read.data && problemOf(read.error).status === 404) return <NotFound path={location.pathname} what={problemOf(read.error).detail} />;
  const word = kind.replace(/^assay\.|\/\d+$/g, '');
  return (
    <Page
      title={read.data ? (t.has(`audit.kind_${word}`) ? t(`audit.kind_${word}`) : word || t('frame.evidence')) : t('frame.evidence')}
      sub={<><code>{kind}</code><Digest value={digest} /></>}
      aside={read.data && <Record answer={read.data} />}
    >
      <Await of={read} lines={12}>
        {(data) => {
          const blobs = Object.entries(data.evidence.blobs ?? {});
          const plain = state.tab === 'text' ? JSON.stringify(data.evidence, null, 2) : '';
          return (
            <>
              {blobs.length > 0 && (
                <Section title={t('audit.blobs')}>
                  <Table
                    caption={t('audit.blobs')}
                    rows={blobs}
                    rowKey={([role]) => role}
                    columns={[
                      { key: 'role', title: t('audit.role'), wide: true, cell: ([role]) => <a href={apiPath(workspace, `evidence/${segments(data.digest)}/blobs/${segments(role)}`)} target="_blank" rel="noreferrer">{role}</a> },
                      { key: 'type', title: t('audit.type'), hide: 'narrow', cell: ([, blob]) => <code>{blob.media_type}</code> },
                      { key: 'rows', title: t('audit.rows'), number: true, cell: ([, blob]) => (blob.rows ? formatCount(blob.rows, t.language) : '') },
                      { key: 'digest', title: t('frame.digest_head'), cell: ([, blob]) => <Digest value={blob.digest} /> },
                    ]}
                  />
                </Section>
              )}
              <Tabs label={t('audit.raw')} tabs={[{ key: 'tree', title: t('audit.tree') }, { key: 'text', title: 'JSON' }]} selected={state.tab} onSelect={(tab) => set({ tab })}>
                {state.tab === 'tree' ? (
                  <div className="sheet"><JsonView value={data.evidence} /></div>
                ) : (
                  <>
                    <p><CopyButton text={plain} what="JSON" /> {plain.length > SHOWN && t('audit.cut')}</p>
                    <pre className="evidence-raw" tabIndex={0}><code>{plain.slice(0, SHOWN)}</code></pre>
                  </>
                )}
              </Tabs>
            </>
          );
        }}
      </Await>
    </Page>
  );
}

function Record({ answer }: { answer: EvidenceAnswer }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const { record } = answer;
  const text = (name: string): string | null => (typeof record[name] === 'string' || typeof record[name] === 'number' ? String(record[name]) : null);
  return (
    <>
      <h2>{t('audit.record')}</h2>
      <Facts
        items={[
          record.run ? [t('frame.run'), <Link key="r" href={href(workspace, 'runs', record.run)}><code>{record.run.slice(0, 12)}</code></Link>] : null,
          record.finished ? [t('frame.finished'), <Time key="f" at={record.finished} full />] : null,
          text('by') ? [t('audit.actor'), text('by')] : null,
          text('host') ? [t('audit.host'), text('host')] : null,
          record.signature ? [t('frame.signature'), t.has(`frame.signature_${record.signature}`) ? t(`frame.signature_${record.signature}`) : record.signature] : null,
          ...Object.entries(record.refs ?? {}).map(([role, ref]) => [role, <Link key={role} href={`${href(workspace, 'lineage')}?focus=${encodeURIComponent(ref)}`}><code>{ref}</code></Link>] as const),
        ]}
      />
      <h2>{t('audit.on_command_line')}</h2>
      <Command>{`assay evidence show ${answer.digest.slice(0, 19)}`}</Command>
      <p className="note audit-note">{t('audit.digest_why')}</p>
    </>
  );
}
