// A graph from left to right that is panned and zoomed, never shrunk to fit: its words stay readable. One tab stop;
// arrows walk along its edges, Shift+arrows move the sheet, + and - zoom, 0 brings the start back.
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Origin } from './csv';
import { DAG_SIZES, type DagLayout, type Placed, layoutDag, routePath } from './dag_layout';
import type { DagEdge } from './dag_layers';
import { ExportMenu } from './export_menu';
import { graphOf } from './graph';
import { useChartText } from './text';
import { textWidth } from './text_width';
import { useWidth } from './use_width';
import './charts.css';

export interface DagNode {
  id: string;
  kind: string;
  kindLabel: string;
  name: string;
  detail: string;
  /** index of the series colour of its kind */
  tone: number;
}

interface DagProps {
  title: string;
  summary: string;
  nodes: readonly DagNode[];
  edges: readonly (DagEdge & { role?: string })[];
  focus: string;
  selected: string | null;
  /** ids that the selection touches; the others are drawn pale */
  lit: ReadonlySet<string> | null;
  onSelect: (id: string) => void;
  /** middle of the sheet in graph pixels and zoom, as kept in the address; '' for the start */
  place: string;
  onPlace: (place: string) => void;
  origin: Origin | null;
}

interface View {
  x: number;
  y: number;
  k: number;
}

const EDGE_SPACE = 24;
const HEIGHT = { least: 260, most: 620 };

function clip(text: string, room: number, size: number, weight: number): string {
  if (textWidth(text, size, weight) <= room) return text;
  const points = Array.from(text.slice(0, 400));
  for (let keep = Math.min(points.length, 60); keep > 2; keep -= 1) {
    const head = Math.ceil(keep * 0.6);
    const short = `${points.slice(0, head).join('')}\u2026${Array.from(text.slice(-120))
      .slice(-(keep - head))
      .join('')}`;
    if (textWidth(short, size, weight) <= room) return short;
  }
  return '\u2026';
}

function writePlace(view: View, width: number, height: number): string {
  const [x, y] = [(width / 2 - view.x) / view.k, (height / 2 - view.y) / view.k];
  return `${Math.round(x)},${Math.round(y)},${Math.round(view.k * 1000)}`;
}

function readPlace(place: string, width: number, height: number): View | null {
  const [x, y, k] = place.split(',').map(Number);
  if (x === undefined || y === undefined || k === undefined || ![x, y, k].every(Number.isFinite)) return null;
  const zoom = Math.min(2.5, Math.max(0.5, k / 1000));
  return { k: zoom, x: Math.round(width / 2 - x * zoom), y: Math.round(height / 2 - y * zoom) };
}

/** The node in this direction: along edges sideways, within the layer up and down. */
export function neighbour(layout: DagLayout, edges: readonly DagEdge[], at: string, key: string): string | null {
  const places = new Map(layout.nodes.map((node) => [node.key, node]));
  const here = places.get(at);
  if (!here) return layout.nodes[0]?.key ?? null;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const way = key === 'ArrowDown' ? 1 : -1;
    return layout.nodes.find((node) => node.layer === here.layer && node.row === here.row + way)?.key ?? null;
  }
  const graph = graphOf([...places.keys()], edges);
  const near = (key === 'ArrowRight' ? graph.after : graph.before).get(at) ?? [];
  const far = (a: string): number =>
    Math.abs((places.get(a) as Placed).y - here.y) + Math.abs((places.get(a) as Placed).x - here.x) / 4;
  return near.slice().sort((a, b) => far(a) - far(b))[0] ?? null;
}

export function Dag({
  title,
  summary,
  nodes,
  edges,
  focus,
  selected,
  lit,
  onSelect,
  place,
  onPlace,
  origin,
}: DagProps): ReactNode {
  const { t } = useChartText();
  const [box, width] = useWidth<HTMLDivElement>();
  const svg = useRef<SVGSVGElement>(null);
  const layout = useMemo(
    () =>
      layoutDag(
        nodes.map((node) => node.id),
        edges,
      ),
    [nodes, edges],
  );
  const height = Math.min(
    HEIGHT.most,
    Math.max(HEIGHT.least, Math.round(window.innerHeight * 0.6)),
    Math.max(HEIGHT.least, layout.height + 2 * EDGE_SPACE),
  );
  const start = useMemo((): View => {
    const place = layout.nodes.find((node) => node.key === focus) ?? layout.nodes[0];
    if (!place || width === 0) return { x: EDGE_SPACE, y: EDGE_SPACE, k: 1 };
    const fits = layout.width + 2 * EDGE_SPACE <= width;
    const wanted = width / 2 - place.x - DAG_SIZES.nodeWidth / 2;
    const x = fits ? EDGE_SPACE : Math.min(EDGE_SPACE, Math.max(width - layout.width - EDGE_SPACE, wanted));
    const free = height - layout.height;
    const y =
      free >= 2 * EDGE_SPACE
        ? free / 2
        : Math.min(EDGE_SPACE, Math.max(free - EDGE_SPACE, height / 2 - place.y - DAG_SIZES.nodeHeight / 2));
    return { x: Math.round(x), y: Math.round(y), k: 1 };
  }, [layout, focus, width, height]);
  const [view, setView] = useState<View>(start);
  const told = useRef(place);
  // A new focus or width starts anew; an address that names a place (a copied link, the back button) puts it there.
  useEffect(() => {
    told.current = place;
    setView(readPlace(place, width, height) ?? start);
    // `place` is read here only when it was not written by this very sheet.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [start]);
  useEffect(() => {
    if (place === told.current) return;
    told.current = place;
    setView(readPlace(place, width, height) ?? start);
  }, [place, width, height, start]);
  useEffect(() => {
    if (width === 0) return undefined;
    const timer = setTimeout(() => {
      const now = view === start ? '' : writePlace(view, width, height);
      if (now === told.current) return;
      told.current = now;
      onPlace(now);
    }, 250);
    return () => clearTimeout(timer);
  }, [view, start, width, height, onPlace]);
  const [active, setActive] = useState<string>(selected ?? focus);
  useEffect(() => setActive(selected ?? focus), [selected, focus]);
  const current = layout.nodes.some((node) => node.key === active) ? active : (layout.nodes[0]?.key ?? '');

  const zoom = useCallback((factor: number, cx: number, cy: number): void => {
    setView((now) => {
      const k = Math.min(2.5, Math.max(0.5, now.k * factor));
      return { k, x: cx - ((cx - now.x) / now.k) * k, y: cy - ((cy - now.y) / now.k) * k };
    });
  }, []);

  // React's wheel handler cannot stop the page from scrolling, so this one is added by hand. A plain wheel over the
  // graph pans sideways only while there is something to pan; with Ctrl (or a pinch) it zooms.
  useEffect(() => {
    const element = svg.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const area = element.getBoundingClientRect();
        zoom(Math.exp(-event.deltaY / 300), event.clientX - area.left, event.clientY - area.top);
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        setView((now) => ({ ...now, x: now.x - (event.deltaX || event.deltaY) }));
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [zoom, width]);

  const bringIntoView = (id: string): void => {
    const place = layout.nodes.find((node) => node.key === id);
    if (!place) return;
    setView((now) => {
      const left = now.x + place.x * now.k;
      const top = now.y + place.y * now.k;
      const wide = DAG_SIZES.nodeWidth * now.k;
      const tall = DAG_SIZES.nodeHeight * now.k;
      const dx = left < 12 ? 12 - left : left + wide > width - 12 ? width - 12 - left - wide : 0;
      const dy = top < 12 ? 12 - top : top + tall > height - 12 ? height - 12 - top - tall : 0;
      return dx || dy ? { ...now, x: now.x + dx, y: now.y + dy } : now;
    });
  };

  const goTo = (id: string): void => {
    setActive(id);
    bringIntoView(id);
    svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pan: Record<string, [number, number]> = {
      ArrowLeft: [60, 0],
      ArrowRight: [-60, 0],
      ArrowUp: [0, 60],
      ArrowDown: [0, -60],
    };
    const move = pan[event.key];
    if (move && event.shiftKey) setView((now) => ({ ...now, x: now.x + move[0], y: now.y + move[1] }));
    else if (move) {
      const next = neighbour(layout, edges, current, event.key);
      if (next) goTo(next);
    } else if (event.key === '+' || event.key === '=') zoom(1.25, width / 2, height / 2);
    else if (event.key === '-') zoom(0.8, width / 2, height / 2);
    else if (event.key === '0') setView(start);
    else if (event.key === 'Home') goTo(focus);
    else if (event.key === 'Enter' || event.key === ' ') onSelect(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const drag = useRef<{ x: number; y: number; id: number; moved: boolean } | null>(null);
  const onPointerDown = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, id: event.pointerId, moved: false };
  };
  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const from = drag.current;
    if (!from || from.id !== event.pointerId) return;
    const dx = event.clientX - from.x;
    const dy = event.clientY - from.y;
    if (!from.moved && Math.hypot(dx, dy) < 4) return;
    if (!from.moved) event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { ...from, x: event.clientX, y: event.clientY, moved: true };
    setView((now) => ({ ...now, x: now.x + dx, y: now.y + dy }));
  };
  const onPointerUp = (): void => {
    // A drag that ends over a box must not select it: the click that follows looks at this.
    setTimeout(() => (drag.current = null), 0);
  };

  const drawing = useMemo(() => {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    return (
      <>
        {layout.routes.map((route) => (
          <path
            key={route.edge}
            d={routePath(route.points)}
            className={
              lit && !(lit.has(route.from) && lit.has(route.to))
                ? 'dag-edge dag-pale'
                : lit
                  ? 'dag-edge dag-edge-lit'
                  : 'dag-edge'
            }
          />
        ))}
        {layout.routes.map((route) => {
          const [x, y] = route.points[route.points.length - 1] as [number, number];
          return (
            <path
              key={route.edge}
              d={`M${x},${y}l-7,-4v8z`}
              className={lit && !(lit.has(route.from) && lit.has(route.to)) ? 'dag-arrow dag-pale' : 'dag-arrow'}
            />
          );
        })}
        {layout.nodes.map((place) => {
          const node = byId.get(place.key) as DagNode;
          const picked = node.id === selected;
          const state = `dag-node${picked ? ' dag-picked' : ''}${node.id === focus ? ' dag-focus' : ''}${lit && !lit.has(node.id) ? ' dag-pale' : ''}`;
          const room = DAG_SIZES.nodeWidth - 24;
          const lines = [
            clip(node.kindLabel, room, 12, 400),
            clip(node.name, room, 13, 600),
            clip(node.detail, room, 12, 400),
          ] as const;
          // The name that is read must hold what is seen: shortened words are read as shown, the full ones follow.
          const full = [node.kindLabel, node.name, node.detail].filter(Boolean).join(' ');
          const cut = lines[0] !== node.kindLabel || lines[1] !== node.name || lines[2] !== node.detail;
          return (
            <g
              key={node.id}
              data-node={node.id}
              className={state}
              transform={`translate(${place.x} ${place.y})`}
              role="button"
              tabIndex={node.id === current ? 0 : -1}
              aria-pressed={picked}
              aria-label={cut ? lines.filter(Boolean).join(' ') : full}
              aria-description={cut ? full : undefined}
              onClick={() => drag.current?.moved || onSelect(node.id)}
              onFocus={() => setActive(node.id)}
            >
              {cut && <title>{full}</title>}
              <rect width={DAG_SIZES.nodeWidth} height={DAG_SIZES.nodeHeight} className="dag-box" />
              <rect width={5} height={DAG_SIZES.nodeHeight} fill={`var(--c${node.tone + 1})`} />
              <text x={14} y={16} className="dag-kind">
                {`${lines[0]} `}
              </text>
              <text x={14} y={33} className="dag-name">
                {`${lines[1]} `}
              </text>
              <text x={14} y={49} className="dag-kind">
                {lines[2]}
              </text>
            </g>
          );
        })}
      </>
    );
  }, [layout, nodes, lit, selected, focus, current, onSelect]);

  return (
    <figure className="chart dag" aria-label={title}>
      <div className="dag-sheet" ref={box}>
        <svg
          ref={svg}
          className="chart-svg dag-svg"
          role="group"
          aria-label={`${title}. ${summary}`}
          width={width || 1}
          height={height}
          data-whole={`${layout.width + 2 * EDGE_SPACE} ${layout.height + 2 * EDGE_SPACE}`}
          onKeyDown={onKeyDown}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerCancel={() => (drag.current = null)}
        >
          <g transform={`translate(${view.x} ${view.y}) scale(${view.k})`} data-view={EDGE_SPACE}>
            {drawing}
          </g>
        </svg>
        <div className="dag-zoom" role="group" aria-label={t('charts.zoom')}>
          <button type="button" onClick={() => zoom(1.25, width / 2, height / 2)} aria-label={t('charts.zoom_in')}>
            +
          </button>
          <button type="button" onClick={() => zoom(0.8, width / 2, height / 2)} aria-label={t('charts.zoom_out')}>
            {'\u2212'}
          </button>
          <button type="button" onClick={() => setView(start)} aria-label={t('charts.zoom_reset')}>
            <svg width={14} height={14} viewBox="0 0 14 14" aria-hidden="true">
              <path d="M7 0v4M7 10v4M0 7h4M10 7h4" stroke="currentColor" strokeWidth={1.5} />
              <circle cx={7} cy={7} r={2} fill="currentColor" />
            </svg>
          </button>
        </div>
      </div>
      <div className="chart-foot">
        <span className="chart-hint">{t('charts.dag_keys')}</span>
        <ExportMenu
          title={title}
          summary={summary}
          origin={origin}
          svg={() => svg.current}
          table={{
            columns: [
              { key: 'from', label: t('charts.from'), unit: 'text' },
              { key: 'to', label: t('charts.to'), unit: 'text' },
              { key: 'role', label: t('charts.role'), unit: 'text' },
            ],
            rows: edges.map((edge) => [edge.from, edge.to, edge.role ?? '']),
          }}
        />
      </div>
    </figure>
  );
}
