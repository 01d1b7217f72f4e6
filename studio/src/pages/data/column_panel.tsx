// One column in full: large chart with its scale, quantiles, most frequent values, what was found odd.
import { type ReactNode, useState } from 'react';
import type { Column, DataView } from '../../api/types';
import { CategoryBars } from '../../charts/category_bars';
import { formatCount, formatNumber, formatPercent, middleEllipsis } from '../../charts/format';
import { Histogram, type HeightScale } from '../../charts/histogram';
import { useT } from '../../i18n';
import { CopyButton } from '../../ui/bits';
import { Facts } from '../../ui/table';
import { Anomalies, typeWord } from './cells';
import { allMissing, drawable, topBars } from './columns';

interface PanelProps {
  view: DataView;
  column: Column;
  other: { view: DataView; column: Column } | null;
  scale: HeightScale;
  shares: boolean;
  onScale: (scale: HeightScale) => void;
  onShares: (shares: boolean) => void;
}

const SCALES: readonly HeightScale[] = ['linear', 'sqrt', 'log'];
const LISTED = 31;

function Switches({
  scale,
  shares,
  onScale,
  onShares,
}: Pick<PanelProps, 'scale' | 'shares' | 'onScale' | 'onShares'>): ReactNode {
  const t = useT();
  return (
    <span className="data-switches">
      <span role="group" aria-label={t('data.heights')} className="data-segments">
        {SCALES.map((each) => (
          <button key={each} type="button" aria-pressed={scale === each} onClick={() => onScale(each)}>
            {t(`data.scale_${each}`)}
          </button>
        ))}
      </span>
      <span role="group" aria-label={t('data.amounts')} className="data-segments">
        <button type="button" aria-pressed={!shares} onClick={() => onShares(false)}>
          {t('data.counts')}
        </button>
        <button type="button" aria-pressed={shares} onClick={() => onShares(true)}>
          {t('data.percent')}
        </button>
      </span>
    </span>
  );
}

function Values({
  view,
  column,
  other,
  scale,
  shares,
}: Pick<PanelProps, 'view' | 'column' | 'other' | 'scale' | 'shares'>): ReactNode {
  const t = useT();
  const [search, setSearch] = useState('');
  const rest = column.distinct - column.top.length;
  const bars = topBars(column, view.rows, LISTED, search).map((bar) => {
    const theirs = bar.kind === 'value' ? other?.column.top.find((item) => item.value === bar.label)?.count : undefined;
    const ghost = theirs !== undefined && other && other.view.rows > 0 ? (theirs / other.view.rows) * view.rows : null;
    const label =
      bar.kind === 'other' ? t('data.other_values') : bar.kind === 'missing' ? t('data.missing') : bar.label;
    return { ...bar, label, ghost };
  });
  return (
    <>
      {column.top.length > 12 && (
        <p className="data-search">
          <label>
            {t('data.search_values')}{' '}
            <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
          </label>
        </p>
      )}
      <CategoryBars
        title={t('data.values_of', { column: middleEllipsis(column.name, 60) })}
        bars={bars}
        rows={view.rows}
        heights={scale}
        shares={shares}
        origin={view.provenance}
      />
      {rest > 0 && <p className="data-note">{t('data.more_values', { rest, exact: column.exact ? 'yes' : 'no' })}</p>}
    </>
  );
}

export function ColumnPanel(props: PanelProps): ReactNode {
  const { view, column, other, scale, shares } = props;
  const t = useT();
  const { language } = t;
  const number = (value: number | string | null): string =>
    typeof value === 'number' ? formatNumber(value, language) : (value ?? '\u2014');
  const histogram = drawable(column);
  const empty = allMissing(column, view.rows);
  const ghost = drawable(other?.column);
  return (
    <div className="data-panel">
      <div className="data-panel-chart">
        {empty ? (
          <p className="data-empty">{t('data.all_missing', { rows: column.missing })}</p>
        ) : histogram ? (
          <>
            <Switches {...props} />
            <Histogram
              title={t('data.histogram_of', { column: middleEllipsis(column.name, 60) })}
              histogram={histogram}
              ghost={
                ghost && other ? { name: t('data.version', { version: other.view.version }), histogram: ghost } : null
              }
              heights={scale}
              shares={shares}
              quantiles={column.quantiles.filter(({ at }) => at === 0.25 || at === 0.5 || at === 0.75)}
              origin={view.provenance}
            />
          </>
        ) : column.top.length > 0 ? (
          <>
            <Switches {...props} />
            <Values {...{ view, column, other, scale, shares }} />
          </>
        ) : (
          <p className="data-empty">{t('data.no_distribution_long')}</p>
        )}
      </div>
      <div className="data-panel-facts">
        <Facts
          items={[
            [
              t('data.full_name'),
              <span key="n" className="data-full" dir="auto">
                {column.name.length > 400 ? middleEllipsis(column.name, 400) : column.name}{' '}
                <CopyButton text={column.name} what={t('data.name')} />
              </span>,
            ],
            [t('data.type'), `${typeWord(t, column.type)}${column.nullable ? ` \u00b7 ${t('data.nullable')}` : ''}`],
            [t('data.rows'), formatCount(view.rows, language)],
            [
              t('data.missing'),
              `${formatCount(column.missing, language)} (${formatPercent(view.rows > 0 ? column.missing / view.rows : 0, language)})`,
            ],
            [t('data.distinct'), `${column.exact ? '' : '\u2248 '}${formatCount(column.distinct, language)}`],
            column.mean !== null && [t('data.mean'), number(column.mean)],
            column.standard_deviation !== null && [t('data.standard_deviation'), number(column.standard_deviation)],
            column.min !== null && [
              t('data.range'),
              <bdi key="r">{`${number(column.min)} \u2013 ${number(column.max)}`}</bdi>,
            ],
            column.zeros !== null && [t('data.zeros'), formatCount(column.zeros, language)],
            column.domain.length > 0 && [
              t('data.domain'),
              <bdi key="d">
                {column.domain
                  .slice(0, 24)
                  .map((value) => middleEllipsis(value, 32))
                  .join(' \u00b7 ')}
                {column.domain.length > 24 ? ' \u2026' : ''}
              </bdi>,
            ],
          ]}
        />
        {column.quantiles.length > 0 && (
          <table className="data-quantiles">
            <caption>{t('data.quantiles')}</caption>
            <tbody>
              {column.quantiles.map(({ at, value }) => (
                <tr key={at}>
                  <th scope="row">
                    {formatPercent(at, language, Number.isInteger(Math.round(at * 1e6) / 1e4) ? 0 : 1)}
                  </th>
                  <td>{number(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {column.anomalies.length > 0 && (
          <div className="data-odd">
            <h3>{t('data.anomalies')}</h3>
            <Anomalies column={column} />
            <ul>
              {column.anomalies.map((anomaly, i) => (
                <li key={i}>{t.message(anomaly.message)}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </div>
  );
}
