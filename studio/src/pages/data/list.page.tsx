import { type ReactNode, useMemo } from 'react';
import { Link } from 'wouter';
import { useRead, useWorkspace } from '../../api/hooks';
import type { DataItem, Page as PageOf } from '../../api/types';
import { formatCount } from '../../charts/format';
import { useT } from '../../i18n';
import { text } from '../../state/codec';
import { href } from '../../state/href';
import { useViewState } from '../../state/use_view_state';
import { Chip, Digest, Time } from '../../ui/bits';
import { Page } from '../../ui/page';
import { Await, Empty } from '../../ui/states';
import { Table } from '../../ui/table';
import './data.css';

const codec = { q: text() };

/** The data sets of the workspace, newest version of each first. */
export default function DataListPage(): ReactNode {
  const t = useT();
  const read = useRead<PageOf<DataItem>>('view/data?limit=1000');
  return (
    <Page title={t('data.title')} sub={read.data ? t('data.list_sub', { count: read.data.items.length }) : undefined}>
      <Await
        of={read}
        lines={5}
        empty={(data) =>
          data.items.length === 0 ? (
            <Empty title={t('data.none')} why={t('data.none_why')} command="assay data add data.csv --name NAME" />
          ) : null
        }
      >
        {(data) => <List items={data.items} />}
      </Await>
    </Page>
  );
}

function List({ items }: { items: readonly DataItem[] }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const { state, set } = useViewState(codec);
  const shown = useMemo(() => {
    const wanted = state.q.toLocaleLowerCase();
    const collator = new Intl.Collator(t.language, { numeric: true });
    return items
      .filter((item) => `${item.name} ${item.label} ${item.protected.join(' ')}`.toLocaleLowerCase().includes(wanted))
      .sort((a, b) => collator.compare(a.name, b.name) || b.version - a.version);
  }, [items, state.q, t.language]);
  return (
    <>
      {items.length > 4 && (
        <div className="data-bar">
          <label className="data-filter">
            <span className="sr">{t('data.filter_sets')}</span>
            <input
              type="search"
              data-filter=""
              placeholder={t('data.filter_sets')}
              value={state.q}
              onChange={(event) => set({ q: event.target.value })}
            />
          </label>
        </div>
      )}
      {shown.length === 0 ? (
        <p className="data-empty">{t('data.none_match')}</p>
      ) : (
        <Table
          caption={t('data.title')}
          rows={shown}
          rowKey={(item) => item.ref}
          columns={[
            {
              key: 'name',
              title: t('data.name'),
              wide: true,
              cell: (item) => (
                <>
                  <Link className="data-link" href={href(workspace, 'data', item.name, item.version)}>
                    <bdi>{item.name}</bdi>
                  </Link>{' '}
                  <span className="data-spread">{t('data.version', { version: item.version })}</span>
                </>
              ),
            },
            { key: 'rows', title: t('data.rows'), number: true, cell: (item) => formatCount(item.rows, t.language) },
            {
              key: 'columns',
              title: t('data.columns'),
              number: true,
              cell: (item) => formatCount(item.columns, t.language),
            },
            {
              key: 'label',
              title: t('data.role_label'),
              hide: 'narrow',
              cell: (item) => <bdi>{item.label || '\u2014'}</bdi>,
            },
            {
              key: 'protected',
              title: t('data.role_protected'),
              hide: 'narrow',
              cell: (item) =>
                item.protected.length
                  ? item.protected.map((column) => (
                      <Chip key={column} tone="gold">
                        <bdi>{column}</bdi>
                      </Chip>
                    ))
                  : '\u2014',
            },
            { key: 'created', title: t('data.added'), hide: 'middle', cell: (item) => <Time at={item.created} /> },
            { key: 'digest', title: t('data.digest'), hide: 'middle', cell: (item) => <Digest value={item.digest} /> },
          ]}
        />
      )}
    </>
  );
}
