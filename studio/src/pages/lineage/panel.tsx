import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { useWorkspace } from '../../api/hooks';
import type { LineageNode, LineageView } from '../../api/types';
import { type Graph, redoOrder } from '../../charts/graph';
import { useT } from '../../i18n';
import { Digest, Time } from '../../ui/bits';
import { Button } from '../../ui/button';
import { Facts } from '../../ui/table';
import { evidencePage, kindName, nodeName, pageOf, stateName } from './nodes';

interface PanelProps {
  view: LineageView;
  graph: Graph;
  byId: ReadonlyMap<string, LineageNode>;
  node: LineageNode;
  onSelect: (id: string) => void;
  onFocus: (id: string) => void;
}

const LISTED = 12;

function Names({
  ids,
  byId,
  onSelect,
  most = LISTED,
}: {
  ids: readonly string[];
  byId: PanelProps['byId'];
  onSelect: (id: string) => void;
  most?: number;
}): ReactNode {
  const t = useT();
  const [all, setAll] = useState(false);
  const shown = all ? ids : ids.slice(0, most);
  return (
    <>
      <ol className="line-names">
        {shown.map((id) => {
          const node = byId.get(id);
          return node ? (
            <li key={id}>
              <button type="button" className="line-name" onClick={() => onSelect(id)}>
                <span className="outline-kind">{kindName(t, node.kind)}</span> <bdi>{nodeName(node)}</bdi>
              </button>
            </li>
          ) : null;
        })}
      </ol>
      {ids.length > shown.length && (
        <Button kind="quiet" onClick={() => setAll(true)}>
          {t('lineage.more', { count: ids.length - shown.length })}
        </Button>
      )}
    </>
  );
}

/** The selected thing: what it is, where to read it, what it came from, what must be redone when it changes. */
export function NodePanel({ view, graph, byId, node, onSelect, onFocus }: PanelProps): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const page = pageOf(workspace, node);
  const evidence = evidencePage(workspace, node);
  const before = graph.before.get(node.id) ?? [];
  const redo = redoOrder(graph, node.id);
  return (
    <section className="line-panel" aria-label={t('lineage.selected')}>
      <h2 className="line-title">
        <span className="outline-kind">{kindName(t, node.kind)}</span> <bdi>{nodeName(node)}</bdi>
      </h2>
      <Facts
        items={[
          node.digest
            ? [t('lineage.digest'), <Digest key="d" value={node.digest} link={node.kind === 'evidence'} />]
            : null,
          node.state ? [t('lineage.state'), stateName(t, node.state)] : null,
          node.time ? [t('lineage.created'), <Time key="t" at={node.time} full />] : null,
        ]}
      />
      <p className="line-actions">
        {page && (
          <Link className="button button-plain" href={page}>
            {t(page === evidence ? 'lineage.open_evidence' : 'lineage.open')}
          </Link>
        )}
        {node.id !== view.focus && <Button onClick={() => onFocus(node.id)}>{t('lineage.focus_here')}</Button>}
      </p>
      {before.length > 0 && (
        <>
          <h3>{t('lineage.from')}</h3>
          <Names key={`${node.id}<`} ids={before} {...{ byId, onSelect }} most={6} />
        </>
      )}
      <h3>{t('lineage.impact')}</h3>
      {redo.length === 0 ? (
        <p>{t('lineage.impact_none')}</p>
      ) : (
        <>
          <p>{t('lineage.impact_text', { name: nodeName(node), count: redo.length })}</p>
          <Names key={`${node.id}>`} ids={redo} {...{ byId, onSelect }} />
        </>
      )}
    </section>
  );
}
