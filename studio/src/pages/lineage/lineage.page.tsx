// Where a thing came from and what came from it: as a graph or as an outline, with what a change would touch.
import { type ReactNode, useCallback, useMemo } from 'react';
import { useRead } from '../../api/hooks';
import type { LineageView } from '../../api/types';
import { Dag } from '../../charts/dag';
import { graphOf, reach } from '../../charts/graph';
import { middleEllipsis } from '../../charts/format';
import { useT } from '../../i18n';
import { integer, oneOf, text } from '../../state/codec';
import { useViewState } from '../../state/use_view_state';
import { Page, Section } from '../../ui/page';
import { Await, Empty, Stale } from '../../ui/states';
import { Tabs } from '../../ui/tabs';
import { type OutlineItem, drawn, isGroup, kindName, litBy, nodeName, outlineOf } from './nodes';
import { Outline } from './outline';
import { NodePanel } from './panel';
import './lineage.css';

const codec = {
  focus: text(),
  up: integer(4, 0, 50),
  down: integer(4, 0, 50),
  node: text(),
  view: oneOf(['graph', 'outline'], 'graph'),
  at: text(),
};
type ViewState = ReturnType<typeof useViewState<typeof codec>>;

export default function LineagePage(): ReactNode {
  const t = useT();
  const viewState = useViewState(codec);
  const { focus, up, down } = viewState.state;
  const query = new URLSearchParams({ ...(focus ? { focus } : {}), up: String(up), down: String(down) });
  const read = useRead<LineageView>(`view/lineage?${query.toString()}`);
  const data = read.data;
  return (
    <Page
      title={t('lineage.title')}
      sub={
        data && data.nodes.length > 0
          ? t('lineage.sub', { nodes: data.nodes.length, edges: data.edges.length })
          : undefined
      }
      provenance={data?.provenance}
    >
      <Await
        of={read}
        lines={8}
        empty={(view) =>
          view.nodes.length === 0 ? (
            <Empty title={t('lineage.empty')} why={t('lineage.empty_why')} command="assay run" />
          ) : null
        }
      >
        {(view) => <Body view={view} {...viewState} />}
      </Await>
    </Page>
  );
}

function Body({ view, state, set }: { view: LineageView } & ViewState): ReactNode {
  const t = useT();
  const byId = useMemo(() => new Map(view.nodes.map((node) => [node.id, node])), [view]);
  const graph = useMemo(
    () =>
      graphOf(
        view.nodes.map((node) => node.id),
        view.edges,
      ),
    [view],
  );
  const focus = byId.get(view.focus) ?? view.nodes[0];
  const selected = state.node && byId.has(state.node) ? state.node : null;
  const keep = useMemo(() => new Set([view.focus, ...(selected ? [selected] : [])]), [view.focus, selected]);
  const { nodes, edges, folded } = useMemo(() => drawn(view, keep, t), [view, keep, t]);
  const lit = useMemo(() => {
    const near = litBy(graph, selected);
    if (!near) return null;
    // A folded box is lit when one of those in it is.
    return new Set([
      ...near,
      ...folded.nodes.flatMap((node) =>
        isGroup(node) && node.members.some((member) => near.has(member.id)) ? [node.id] : [],
      ),
    ]);
  }, [graph, selected, folded]);
  const place = useCallback((at: string) => set({ at }), [set]);
  const select = useCallback((id: string) => set({ node: id.replace(/^fold:/, '') }, true), [set]);
  if (!focus) return null;
  // Runs and, in a large graph, evidence are reached by the graph: a list of a thousand helps nobody.
  const named = view.nodes.filter(
    (node) => node.kind !== 'run' && (view.nodes.length <= 100 || node.kind !== 'evidence'),
  );
  const choices = named.some((node) => node.id === focus.id) ? named : [focus, ...named];
  const name = nodeName(focus);
  const shown = byId.get(selected ?? '') ?? focus;
  const summary = t('lineage.summary', {
    nodes: view.nodes.length,
    edges: view.edges.length,
    up: reach(graph.before, focus.id).size,
    down: reach(graph.after, focus.id).size,
    name,
  });
  return (
    <>
      {view.provenance.stale && <Stale />}
      <p className="line-intro">{t('lineage.intro')}</p>
      <div className="line-bar">
        <label>
          {t('lineage.focus')}{' '}
          <select value={focus.id} onChange={(event) => set({ focus: event.target.value, node: '', at: '' }, true)}>
            {choices.map((node) => (
              <option
                key={node.id}
                value={node.id}
              >{`${kindName(t, node.kind)} ${middleEllipsis(nodeName(node), 60)}`}</option>
            ))}
          </select>
        </label>
        <Steps label={t('lineage.steps_up')} value={state.up} onChange={(up) => set({ up, at: '' }, true)} />
        <Steps label={t('lineage.steps_down')} value={state.down} onChange={(down) => set({ down, at: '' }, true)} />
      </div>
      {view.truncated && (
        <p className="line-note" role="note">
          {t('lineage.truncated')}
        </p>
      )}
      {state.node && !selected && (
        <p className="line-note" role="status">
          {t('lineage.not_in_view', { id: state.node })}
        </p>
      )}
      <Tabs
        label={t('lineage.view')}
        tabs={[
          { key: 'graph', title: t('lineage.graph') },
          { key: 'outline', title: t('lineage.outline') },
        ]}
        selected={state.view}
        onSelect={(which) => set({ view: which })}
      >
        {state.view === 'graph' ? (
          <Dag
            title={t('lineage.graph_of', { name })}
            {...{ summary, nodes, edges, lit }}
            focus={focus.id}
            selected={selected}
            onSelect={select}
            place={state.at}
            onPlace={place}
            origin={view.provenance}
          />
        ) : (
          <div className="line-outlines">
            <Branch
              title={t('lineage.upstream')}
              items={outlineOf(graph.before, focus.id, '<')}
              {...{ byId, selected, select, name }}
            />
            <Branch
              title={t('lineage.downstream')}
              items={outlineOf(graph.after, focus.id, '>')}
              {...{ byId, selected, select, name }}
            />
          </div>
        )}
      </Tabs>
      <Section title={t('lineage.selected')} {...(selected ? {} : { note: t('lineage.select_hint') })}>
        <NodePanel
          view={view}
          graph={graph}
          byId={byId}
          node={shown}
          onSelect={select}
          onFocus={(id) => set({ focus: id, node: '', at: '' }, true)}
        />
      </Section>
    </>
  );
}

function Branch({
  title,
  items,
  byId,
  selected,
  select,
  name,
}: {
  title: string;
  items: readonly OutlineItem[];
  byId: Parameters<typeof Outline>[0]['byId'];
  selected: string | null;
  select: (id: string) => void;
  name: string;
}): ReactNode {
  const t = useT();
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {items.length === 0 ? (
        <p className="line-note">{'\u2014'}</p>
      ) : (
        <Outline
          label={`${t('lineage.outline_of', { name })}: ${title}`}
          items={items}
          byId={byId}
          selected={selected}
          onSelect={select}
        />
      )}
    </section>
  );
}

const DEPTHS = [0, 1, 2, 3, 4, 6, 8, 12, 20, 50];

function Steps({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
}): ReactNode {
  const depths = DEPTHS.includes(value) ? DEPTHS : [...DEPTHS, value].sort((a, b) => a - b);
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {depths.map((depth) => (
          <option key={depth} value={depth}>
            {depth}
          </option>
        ))}
      </select>
    </label>
  );
}
