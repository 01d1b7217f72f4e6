// A data set version: its columns, the odd ones first, and how it was split.
import { type ReactNode, useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import { useRead, useWorkspace, segments } from '../../api/hooks';
import type { DataView } from '../../api/types';
import { useParams } from '../../app/route';
import { formatCount, middleEllipsis } from '../../charts/format';
import { useT } from '../../i18n';
import { flag, integer, oneOf, text } from '../../state/codec';
import { href } from '../../state/href';
import { useViewState } from '../../state/use_view_state';
import { Digest } from '../../ui/bits';
import { Button } from '../../ui/button';
import { Page, Section } from '../../ui/page';
import { Await, Empty, Stale } from '../../ui/states';
import { ColumnPanel } from './column_panel';
import { ColumnTable } from './column_table';
import { SORTS, filterColumns, sortColumns } from './columns';
import { Splits } from './splits';
import './data.css';

const codec = {
  sort: oneOf(SORTS, 'unusual'),
  reversed: flag(),
  q: text(),
  odd: flag(),
  column: text(),
  scale: oneOf(['linear', 'sqrt', 'log'], 'linear'),
  shares: flag(),
  against: integer(0, 0, 1e9),
};

export default function DataOverviewPage(): ReactNode {
  const t = useT();
  const { name = '', ver = '' } = useParams();
  const workspace = useWorkspace();
  const view = useViewState(codec);
  const read = useRead<DataView>(`view/data/${segments(name, ver)}/stats`);
  const against = useRead<DataView>(`view/data/${segments(name, view.state.against)}/stats`, {
    enabled: view.state.against > 0,
  });
  const data = read.data;
  return (
    <Page
      title={data?.name ?? name}
      sub={
        data
          ? t('data.sub', { version: data.version, rows: data.rows, columns: data.columns.length })
          : t('data.version', { version: ver })
      }
      provenance={data?.provenance}
      actions={
        data && (
          <Link
            className="button button-plain"
            href={`${href(workspace, 'lineage')}?focus=${encodeURIComponent(data.ref)}`}
          >
            {t('data.lineage')}
          </Link>
        )
      }
    >
      <Await
        of={read}
        lines={12}
        empty={(given) =>
          given.columns.length === 0 ? (
            <Empty
              title={t('data.no_columns')}
              why={t('data.no_columns_why')}
              command={`assay data add FILE --name ${given.name}`}
            />
          ) : null
        }
      >
        {(given) => <Body data={given} other={view.state.against > 0 ? (against.data ?? null) : null} view={view} />}
      </Await>
    </Page>
  );
}

function Body({
  data,
  other,
  view,
}: {
  data: DataView;
  other: DataView | null;
  view: ReturnType<typeof useViewState<typeof codec>>;
}): ReactNode {
  const t = useT();
  const { state, set } = view;
  const columns = useMemo(
    () =>
      sortColumns(filterColumns(data.columns, state.q, state.odd), state.sort, state.reversed, data.rows, t.language),
    [data, state.q, state.odd, state.sort, state.reversed, t.language],
  );
  const odd = useMemo(() => data.columns.filter((column) => column.anomalies.length > 0).length, [data]);
  const gone = state.column !== '' && !data.columns.some((column) => column.name === state.column);
  return (
    <>
      {data.provenance.stale && <Stale />}
      <Declared data={data} />
      <div className="data-bar">
        <label className="data-filter">
          <span className="sr">{t('data.filter')}</span>
          <input
            type="search"
            data-filter=""
            placeholder={t('data.filter')}
            value={state.q}
            onChange={(event) => set({ q: event.target.value })}
          />
        </label>
        <label>
          {t('data.sort')}{' '}
          <select
            value={state.sort}
            onChange={(event) =>
              set({ sort: SORTS.find((sort) => sort === event.target.value) ?? 'unusual', reversed: false }, true)
            }
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {t(`data.sort_${sort}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="data-check">
          <input type="checkbox" checked={state.odd} onChange={(event) => set({ odd: event.target.checked }, true)} />{' '}
          {t('data.only_odd', { odd })}
        </label>
        <VersionSelects data={data} against={state.against} onAgainst={(version) => set({ against: version }, true)} />
        <span className="data-count" role="status">
          {t('data.shown', { shown: columns.length, all: data.columns.length })}
        </span>
      </div>
      {gone && (
        <p className="data-note" role="status">
          <s dir="auto">{state.column}</s> {t('data.column_gone', { version: data.version })}
        </p>
      )}
      {columns.length === 0 ? (
        <p className="data-empty">
          {t('data.none_match')}{' '}
          <Button onClick={() => set({ q: '', odd: false }, true)}>{t('data.clear_filter')}</Button>
        </p>
      ) : (
        <ColumnTable
          view={data}
          columns={columns}
          other={other}
          sort={state.sort}
          reversed={state.reversed}
          open={state.column}
          onSort={(sort) => set(sort === state.sort ? { reversed: !state.reversed } : { sort, reversed: false }, true)}
          onOpen={(column) => set({ column }, true)}
          panel={(column) => {
            const theirs = other?.columns.find((each) => each.name === column.name);
            return (
              <ColumnPanel
                view={data}
                column={column}
                other={other && theirs ? { view: other, column: theirs } : null}
                scale={state.scale}
                shares={state.shares}
                onScale={(scale) => set({ scale })}
                onShares={(shares) => set({ shares })}
              />
            );
          }}
        />
      )}
      {data.splits.length > 0 && (
        <Section title={t('data.splits')}>
          <Splits view={data} />
        </Section>
      )}
    </>
  );
}

/** What the plan declares about the data: label, its two values, protected columns. */
function Declared({ data }: { data: DataView }): ReactNode {
  const t = useT();
  const guarded = data.columns.filter((column) => column.role === 'protected').map((column) => column.name);
  const items = [
    data.label && ([t('data.role_label'), <bdi key="l">{middleEllipsis(data.label, 60)}</bdi>] as const),
    data.positive && ([t('data.positive'), <bdi key="p">{data.positive}</bdi>] as const),
    data.favorable && ([t('data.favorable'), <bdi key="f">{data.favorable}</bdi>] as const),
    guarded.length > 0 &&
      ([
        t('data.role_protected'),
        <bdi key="g">
          {guarded.slice(0, 12).join(', ')}
          {guarded.length > 12 ? ` +${guarded.length - 12}` : ''}
        </bdi>,
      ] as const),
    [t('data.digest'), <Digest key="d" value={data.digest} />] as const,
  ];
  return (
    <dl className="data-declared">
      {items.map(
        (item, i) =>
          item && (
            <div key={i}>
              <dt>{item[0]}</dt>
              <dd>{item[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function VersionSelects({
  data,
  against,
  onAgainst,
}: {
  data: DataView;
  against: number;
  onAgainst: (version: number) => void;
}): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  if (data.versions.length < 2) return null;
  const name = (version: number): string => t('data.version', { version: formatCount(version, t.language) });
  return (
    <>
      <label>
        {t('data.show_version')}{' '}
        <select
          value={data.version}
          onChange={(event) => navigate(href(workspace, 'data', data.name, event.target.value))}
        >
          {data.versions.map((version) => (
            <option key={version} value={version}>
              {name(version)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('data.compare')}{' '}
        <select value={against} onChange={(event) => onAgainst(Number(event.target.value))}>
          <option value={0}>{t('data.compare_none')}</option>
          {data.versions
            .filter((version) => version !== data.version)
            .map((version) => (
              <option key={version} value={version}>
                {name(version)}
              </option>
            ))}
        </select>
      </label>
    </>
  );
}
