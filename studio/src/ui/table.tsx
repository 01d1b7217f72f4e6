import type { ReactNode } from 'react';
import { useT } from '../i18n';

export interface TableColumn<T> {
  key: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** numbers stand at the right */
  number?: boolean;
  /** left out below this width of the page: what matters least goes first */
  hide?: 'narrow' | 'middle';
  /** makes the head a button */
  sort?: boolean;
  /** takes what width is left */
  wide?: boolean;
}

interface Props<T> {
  caption: string;
  columns: readonly TableColumn<T>[];
  rows: readonly T[];
  rowKey: (row: T, index: number) => string;
  sorted?: { key: string; descending: boolean };
  onSort?: (key: string) => void;
}

/** A ledger: hairlines, figures at the right, first cell heads its row. Scrolls by itself where it is too wide. */
export function Table<T>({ caption, columns, rows, rowKey, sorted, onSort }: Props<T>): ReactNode {
  const t = useT();
  const classOf = (column: TableColumn<T>): string =>
    [column.number ? 'num' : '', column.hide ? `hide-${column.hide}` : '', column.wide ? 'wide' : ''].filter(Boolean).join(' ');
  return (
    <div className="table-scroll" role="group" aria-label={caption} tabIndex={0}>
      <table className="table">
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const on = sorted?.key === column.key;
              return (
                <th key={column.key} scope="col" className={classOf(column)} aria-sort={on ? (sorted.descending ? 'descending' : 'ascending') : undefined}>
                  {column.sort && onSort ? (
                    <button type="button" className="sort" title={t('frame.sort_by', { column: column.title })} onClick={() => onSort(column.key)}>
                      {column.title}
                      <span aria-hidden="true">{on ? (sorted.descending ? ' ↓' : ' ↑') : ''}</span>
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={rowKey(row, index)}>
              {columns.map((column, i) =>
                i === 0 ? (
                  <th key={column.key} scope="row" className={classOf(column)}>{column.cell(row)}</th>
                ) : (
                  <td key={column.key} className={classOf(column)}>{column.cell(row)}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Name and value pairs. */
export function Facts({ items }: { items: readonly (readonly [ReactNode, ReactNode] | null | false)[] }): ReactNode {
  return (
    <dl className="facts">
      {items.map((item, i) =>
        item ? (
          <div key={i}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
