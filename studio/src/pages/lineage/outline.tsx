// The graph as a tree of words: the same things for the keyboard and the screen reader.
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import type { LineageNode } from '../../api/types';
import { useT } from '../../i18n';
import { kindName, nodeName, type OutlineItem } from './nodes';

interface OutlineProps {
  label: string;
  items: readonly OutlineItem[];
  byId: ReadonlyMap<string, LineageNode>;
  selected: string | null;
  onSelect: (id: string) => void;
}

function visible(
  items: readonly OutlineItem[],
  closed: ReadonlySet<string>,
): { item: OutlineItem; parent: OutlineItem | null }[] {
  const out: { item: OutlineItem; parent: OutlineItem | null }[] = [];
  const walk = (list: readonly OutlineItem[], parent: OutlineItem | null): void => {
    for (const item of list) {
      out.push({ item, parent });
      if (!closed.has(item.path)) walk(item.children, item);
    }
  };
  walk(items, null);
  return out;
}

export function Outline({ label, items, byId, selected, onSelect }: OutlineProps): ReactNode {
  const t = useT();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState('');
  const tree = useRef<HTMLUListElement>(null);
  const list = useMemo(() => visible(items, closed), [items, closed]);
  const current = list.some(({ item }) => item.path === active) ? active : (list[0]?.item.path ?? '');

  const toggle = (path: string, close: boolean): void => {
    const next = new Set(closed);
    if (close) next.add(path);
    else next.delete(path);
    setClosed(next);
  };
  const move = (path: string | undefined): void => {
    if (path === undefined) return;
    setActive(path);
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = list.findIndex(({ item }) => item.path === current);
    const here = list[at];
    if (!here) return;
    const { item, parent } = here;
    const open = item.children.length > 0 && !closed.has(item.path);
    if (event.key === 'ArrowDown') move(list[at + 1]?.item.path);
    else if (event.key === 'ArrowUp') move(list[at - 1]?.item.path);
    else if (event.key === 'Home') move(list[0]?.item.path);
    else if (event.key === 'End') move(list[list.length - 1]?.item.path);
    else if (event.key === 'ArrowRight') {
      if (open) move(item.children[0]?.path);
      else if (item.children.length) toggle(item.path, false);
    } else if (event.key === 'ArrowLeft') {
      if (open) toggle(item.path, true);
      else move(parent?.path);
    } else if (event.key === 'Enter' || event.key === ' ') onSelect(item.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const draw = (branch: readonly OutlineItem[]): ReactNode =>
    branch.map((item) => {
      const node = byId.get(item.id);
      if (!node) return null;
      const open = !closed.has(item.path);
      const parent = item.children.length > 0;
      return (
        <li
          key={item.path}
          role="treeitem"
          data-path={item.path}
          aria-level={item.level}
          aria-selected={item.id === selected}
          aria-expanded={parent ? open : undefined}
          tabIndex={item.path === current ? 0 : -1}
          onFocus={(event) => {
            if (event.target === event.currentTarget) setActive(item.path);
          }}
        >
          <span className="outline-line" onClick={() => onSelect(item.id)}>
            <span
              className="outline-caret"
              aria-hidden="true"
              onClick={(event) => {
                if (!parent) return;
                event.stopPropagation();
                toggle(item.path, open);
              }}
            >
              {parent ? (open ? '\u25be' : '\u25b8') : '\u00b7'}
            </span>
            <span className="outline-kind">{kindName(t, node.kind)}</span> <bdi>{nodeName(node)}</bdi>
            {item.repeated && <span className="outline-kind"> ({t('lineage.repeated')})</span>}
          </span>
          {parent && open && <ul role="group">{draw(item.children)}</ul>}
        </li>
      );
    });

  return (
    <ul ref={tree} role="tree" aria-label={label} className="outline" onKeyDown={onKeyDown}>
      {draw(items)}
    </ul>
  );
}
