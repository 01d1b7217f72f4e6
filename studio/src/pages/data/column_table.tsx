// The table of columns. Up to 200 are all in the page; above that only those on screen are, in a frame of its own.
import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Column, DataView } from '../../api/types';
import { middleEllipsis } from '../../charts/format';
import { useT } from '../../i18n';
import { Anomalies, Distinct, Distribution, Middle, Missing, Range, RoleChip, TypeMark } from './cells';
import { DESCENDING, type Sort, windowOf } from './columns';

interface TableProps {
  view: DataView;
  columns: readonly Column[];
  other: DataView | null;
  sort: Sort;
  reversed: boolean;
  open: string;
  onSort: (sort: Sort) => void;
  onOpen: (name: string) => void;
  panel: (column: Column) => ReactNode;
}

const ROW = 45;
const PLAIN = 200;

interface Head {
  key: string;
  sort?: Sort;
  className: string;
}

const HEADS: readonly Head[] = [
  { key: 'name', sort: 'name', className: 'data-name' },
  { key: 'distribution', className: '' },
  { key: 'missing', sort: 'missing', className: 'num' },
  { key: 'distinct', sort: 'distinct', className: 'num hide-narrow' },
  { key: 'middle', className: 'num hide-middle' },
  { key: 'range', className: 'num hide-middle' },
  { key: 'anomalies', sort: 'unusual', className: '' },
];

function useWindow(
  count: number,
  open: number,
  extra: number,
): {
  box: React.RefObject<HTMLDivElement | null>;
  from: number;
  to: number;
  before: number;
  after: number;
  virtual: boolean;
} {
  const box = useRef<HTMLDivElement>(null);
  const virtual = count > PLAIN;
  const [place, setPlace] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = box.current;
    if (!element || !virtual) return undefined;
    const read = (): void => setPlace({ top: element.scrollTop, height: element.clientHeight });
    read();
    element.addEventListener('scroll', read, { passive: true });
    return () => element.removeEventListener('scroll', read);
  }, [virtual]);
  const part = virtual
    ? windowOf(count, ROW, place.top, place.height, open, extra)
    : { from: 0, to: count, before: 0, after: 0 };
  return { box, virtual, ...part };
}

export function ColumnTable({
  view,
  columns,
  other,
  sort,
  reversed,
  open,
  onSort,
  onOpen,
  panel,
}: TableProps): ReactNode {
  const t = useT();
  const openAt = columns.findIndex((column) => column.name === open);
  const [extra, setExtra] = useState(0);
  const { box, virtual, from, to, before, after } = useWindow(columns.length, openAt, extra);
  const width = useClientWidth(box);
  const theirs = new Map(other?.columns.map((column) => [column.name, column]));
  const shown = columns.slice(from, to);

  // A column that the address opens is brought on screen once; later scrolling is the reader's.
  const placed = useRef('');
  useEffect(() => {
    if (!virtual || openAt < 0 || placed.current === open) return;
    placed.current = open;
    if (
      box.current &&
      (openAt * ROW < box.current.scrollTop || openAt * ROW > box.current.scrollTop + box.current.clientHeight - 120)
    )
      box.current.scrollTop = openAt * ROW;
  }, [virtual, openAt, open, box]);

  return (
    <div
      className={virtual ? 'table-scroll data-window' : 'table-scroll'}
      ref={box}
      role="region"
      aria-label={t('data.columns')}
      tabIndex={0}
    >
      <table className="table data-columns" aria-rowcount={columns.length + 1}>
        <caption className="sr">{t('data.columns')}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {HEADS.map((head) => {
              const on = head.sort === sort;
              const descending = DESCENDING.has(sort) !== reversed;
              return (
                <th
                  key={head.key}
                  scope="col"
                  className={head.className}
                  aria-sort={on ? (descending ? 'descending' : 'ascending') : undefined}
                >
                  {head.sort ? (
                    <button type="button" className="sort" onClick={() => onSort(head.sort as Sort)}>
                      {t(`data.head_${head.key}`)}
                      <span aria-hidden="true">{on ? (descending ? ' \u2193' : ' \u2191') : ''}</span>
                    </button>
                  ) : (
                    t(`data.head_${head.key}`)
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {before > 0 && (
            <tr aria-hidden="true" className="data-spacer">
              <td colSpan={HEADS.length} style={{ height: before }} />
            </tr>
          )}
          {shown.map((column, i) => {
            const isOpen = open !== '' && column.name === open;
            return (
              <Fragment key={column.name}>
                <tr aria-rowindex={from + i + 2} className={isOpen ? 'data-row data-row-open' : 'data-row'}>
                  <th scope="row" className="data-name">
                    <button
                      type="button"
                      className="data-open"
                      aria-expanded={isOpen}
                      title={column.name.slice(0, 1000)}
                      onClick={() => onOpen(isOpen ? '' : column.name)}
                    >
                      <span aria-hidden="true" className="data-caret">
                        {isOpen ? '\u25be' : '\u25b8'}
                      </span>
                      <TypeMark type={column.type} />
                      <bdi>{middleEllipsis(column.name.trim() === '' ? t('data.no_name') : column.name, 28)}</bdi>
                    </button>
                    <RoleChip role={column.role} />
                  </th>
                  <td>
                    <Distribution column={column} other={theirs.get(column.name)} rows={view.rows} />
                  </td>
                  <td className="num">
                    <Missing column={column} rows={view.rows} />
                  </td>
                  <td className="num hide-narrow">
                    <Distinct column={column} />
                  </td>
                  <td className="num hide-middle">
                    <Middle column={column} rows={view.rows} />
                  </td>
                  <td className="num hide-middle">
                    <Range column={column} />
                  </td>
                  <td className="data-odd-cell">
                    <Anomalies column={column} most={2} />
                  </td>
                </tr>
                {isOpen && (
                  <tr className="data-detail">
                    <td colSpan={HEADS.length}>
                      <Measured onHeight={setExtra} width={width}>
                        {panel(column)}
                      </Measured>
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
          {after > 0 && (
            <tr aria-hidden="true" className="data-spacer">
              <td colSpan={HEADS.length} style={{ height: after }} />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

/** Width of what is visible of the table: the open panel is that wide however far the table is scrolled sideways. */
function useClientWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return undefined;
    setWidth(node.clientWidth);
    if (typeof ResizeObserver === 'undefined') return undefined;
    const watch = new ResizeObserver(() => setWidth(node.clientWidth));
    watch.observe(node);
    return () => watch.disconnect();
  }, [box]);
  return width;
}

/** Tells its height, so that the rows below the open one keep their places while scrolling. */
function Measured({
  onHeight,
  width,
  children,
}: {
  onHeight: (height: number) => void;
  width: number;
  children: ReactNode;
}): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return undefined;
    const tell = (): void => onHeight(node.offsetHeight + 1);
    tell();
    if (typeof ResizeObserver === 'undefined') return undefined;
    const watch = new ResizeObserver(tell);
    watch.observe(node);
    return () => {
      watch.disconnect();
      onHeight(0);
    };
  }, [onHeight]);
  return (
    <div ref={element} className="data-detail-box" style={width ? { width } : undefined}>
      {children}
    </div>
  );
}
