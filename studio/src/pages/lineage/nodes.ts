// What the lineage page knows about a thing: its words, its own page, its place in the outline.
import type { LineageNode, LineageView, NodeKind } from '../../api/types';
import type { DagNode } from '../../charts/dag';
import { type Folded, type Graph, fold, reach } from '../../charts/graph';
import type { Translate } from '../../i18n';
import { formatMoment } from '../../i18n/time';
import { href } from '../../state/href';

const TONE: Record<NodeKind, number> = {
  dataset: 0,
  file: 0,
  schema: 0,
  run: 2,
  model: 1,
  evidence: 3,
  card: 5,
  hallmark: 4,
  policy: 4,
  plan: 5,
};

export function kindName(t: Translate, kind: string): string {
  return t.has(`lineage.kind_${kind}`) ? t(`lineage.kind_${kind}`) : kind;
}

export function nodeName(node: LineageNode): string {
  const name = node.name || node.digest.replace(/^sha256:/, '').slice(0, 12) || node.id;
  return node.version === null ? name : `${name}@${node.version}`;
}

/** Words of a state that the frame or the charts already have; others as they come. */
export function stateName(t: Translate, state: string): string {
  for (const key of [`charts.state_${state}`, `frame.run_${state}`]) if (t.has(key)) return t(key);
  return state;
}

/** The page of its own that a thing has; evidence otherwise. */
export function pageOf(workspace: string, node: LineageNode): string | null {
  const version = node.version ?? 1;
  switch (node.kind) {
    case 'dataset':
      return href(workspace, 'data', node.name, version);
    case 'model':
    case 'hallmark':
      return node.kind === 'model' ? href(workspace, 'models', node.name, version) : evidencePage(workspace, node);
    case 'card':
      return href(workspace, 'models', node.name, version, 'card');
    case 'run':
      return href(workspace, 'runs', node.id.replace(/^run:/, ''));
    default:
      return evidencePage(workspace, node);
  }
}

export function evidencePage(workspace: string, node: LineageNode): string | null {
  return node.kind === 'evidence' && node.digest ? href(workspace, 'evidence', node.digest) : null;
}

export type GroupNode = Exclude<Folded<LineageNode>['nodes'][number], LineageNode>;

export function isGroup(node: Folded<LineageNode>['nodes'][number]): node is GroupNode {
  return 'members' in node;
}

const MOST = 300;

/** The nodes to draw: as they are up to 300, equals folded above that. */
export function drawn(
  view: LineageView,
  keep: ReadonlySet<string>,
  t: Translate,
): { nodes: DagNode[]; edges: { from: string; to: string; role: string }[]; folded: Folded<LineageNode> } {
  const folded = fold(view.nodes, view.edges, MOST, keep);
  const nodes = folded.nodes.map((node): DagNode => {
    const kind = node.kind as NodeKind;
    if (isGroup(node)) {
      return {
        id: node.id,
        kind,
        kindLabel: kindName(t, kind),
        name: t('lineage.fold', { count: node.members.length, kind: kindName(t, kind) }),
        detail: '',
        tone: TONE[kind] ?? 3,
      };
    }
    const state = node.kind === 'run' || node.kind === 'evidence' ? node.state : '';
    const made =
      node.kind === 'run' && node.time
        ? formatMoment(node.time, t.language)
        : node.digest.replace(/^\w+:/, '').slice(0, 12);
    const detail = state && state !== 'done' ? stateName(t, state) : made;
    return { id: node.id, kind, kindLabel: kindName(t, kind), name: nodeName(node), detail, tone: TONE[kind] ?? 3 };
  });
  const roles = new Map(view.edges.map((edge) => [`${edge.from} ${edge.to}`, edge.role]));
  return {
    nodes,
    edges: folded.edges.map((edge) => ({ ...edge, role: roles.get(`${edge.from} ${edge.to}`) ?? '' })),
    folded,
  };
}

/** The selected thing with all before and after it. */
export function litBy(graph: Graph, selected: string | null): ReadonlySet<string> | null {
  if (!selected || !graph.after.has(selected)) return null;
  return new Set([selected, ...reach(graph.before, selected).keys(), ...reach(graph.after, selected).keys()]);
}

export interface OutlineItem {
  id: string;
  path: string;
  level: number;
  repeated: boolean;
  children: OutlineItem[];
}

/** A tree of what lies in one direction; what was shown once is only named the second time. */
export function outlineOf(links: ReadonlyMap<string, readonly string[]>, root: string, prefix: string): OutlineItem[] {
  const seen = new Set([root]);
  const walk = (at: string, path: string, level: number): OutlineItem[] =>
    (links.get(at) ?? []).map((id) => {
      const repeated = seen.has(id);
      seen.add(id);
      const own = `${path}/${id}`;
      return { id, path: own, level, repeated, children: repeated || level > 200 ? [] : walk(id, own, level + 1) };
    });
  return walk(root, prefix, 1);
}
