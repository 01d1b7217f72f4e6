// Fairness of one model: harms and gaps first, then the groups behind them, then what would decide what is open.
import { type ReactNode, useEffect } from 'react';
import { Link } from 'wouter';
import { useRead, useWorkspace, segments } from '../../api/hooks';
import type { FairnessView } from '../../api/types';
import { useParams } from '../../app/route';
import { formatCount, formatFixed, formatLevel } from '../../charts/format';
import { useT } from '../../i18n';
import { flag, list, real, text } from '../../state/codec';
import { href } from '../../state/href';
import { useViewState } from '../../state/use_view_state';
import { Button } from '../../ui/button';
import { Page, Section } from '../../ui/page';
import { Await, Empty, Stale } from '../../ui/states';
import { Curves } from './curves';
import { FourFifthsSentences } from './four_fifths';
import { MetricCharts } from './metric_charts';
import { isFavorable, metricsOf } from './metrics';
import { GapTable, GroupTable } from './tables';
import { GapTiles, WhatDecides } from './tiles';
import './fairness.css';

const USUAL = ['selection_rate', 'false_positive_rate', 'false_negative_rate', 'favorable_rate'];
const LIMITS = [0.01, 0.02, 0.05, 0.1, 0.2];
const codec = { group: text(), metric: list(['']), limit: real(0, 0, 1), all: flag() };

export default function FairnessPage(): ReactNode {
  const t = useT();
  const { name = '', ver = '' } = useParams();
  const { state, set } = useViewState(codec);
  const path = `view/models/${segments(name, ver)}/fairness${state.group ? `?group=${encodeURIComponent(state.group)}` : ''}`;
  const read = useRead<FairnessView>(path);
  const view = read.data;
  return (
    <Page
      title={t('fairness.title')}
      sub={view ? <FairnessSub view={view} /> : `${name} \u00b7 ${ver}`}
      provenance={view?.provenance}
      aside={view && view.slices.length > 0 ? <Reading view={view} tried={state.limit || null} /> : undefined}
    >
      <Await of={read} lines={10} empty={(data) => (data.slices.length === 0 ? <Nothing /> : null)}>
        {(data) => <Body view={data} {...{ state, set }} />}
      </Await>
    </Page>
  );
}

function FairnessSub({ view }: { view: FairnessView }): ReactNode {
  const t = useT();
  return (
    <span>
      {t('fairness.sub', {
        model: view.model.replace(/^model:/, ''),
        rows: view.rows,
        group: view.group.join(' \u00d7 '),
      })}
    </span>
  );
}

function Nothing(): ReactNode {
  const t = useT();
  return <Empty title={t('fairness.empty')} why={t('fairness.empty_why')} command="assay run" />;
}

type State = ReturnType<typeof useViewState<typeof codec>>;

function Body({ view, state, set }: { view: FairnessView; state: State['state']; set: State['set'] }): ReactNode {
  const t = useT();
  const names = metricsOf(view.slices);
  const asked = state.metric.length === 1 && state.metric[0] === '' ? USUAL : state.metric;
  const chosen = names.filter((name) => asked.includes(name));
  const tried = state.limit || null;
  const here = view.group.join(',');
  // A group of the address that the evidence does not have: the address follows what is shown.
  useEffect(() => {
    if (state.group && state.group !== here) set({ group: here });
  }, [state.group, here, set]);
  const ruled = view.gaps.some((gap) => gap.rules.length > 0);
  return (
    <>
      {view.provenance.stale && <Stale />}
      <div className="fair-bar">
        {view.groups.length > 1 && (
          <label>
            {t('fairness.group_by')}{' '}
            <select value={here} onChange={(event) => set({ group: event.target.value }, true)}>
              {view.groups.map((group) => (
                <option key={group.join(',')} value={group.join(',')}>
                  {group.join(' \u00d7 ')}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {t('fairness.try_limit')}{' '}
          <select value={String(state.limit)} onChange={(event) => set({ limit: Number(event.target.value) }, true)}>
            <option value="0">{t('fairness.limit_of_rules')}</option>
            {LIMITS.map((limit) => (
              <option key={limit} value={limit}>{`${formatFixed(limit * 100, t.language, 0)} pp`}</option>
            ))}
          </select>
        </label>
        <span className="fair-values">
          {t
            .rich('fairness.positive_is', {
              value: (
                <strong>
                  <bdi>{view.positive}</bdi>
                </strong>
              ),
            })
            .map((part, i) => (
              <span key={i}>{part}</span>
            ))}
          {view.favorable && (
            <>
              {' \u00b7 '}
              {t
                .rich('fairness.favorable_is', {
                  value: (
                    <strong>
                      <bdi>{view.favorable}</bdi>
                    </strong>
                  ),
                })
                .map((part, i) => (
                  <span key={i}>{part}</span>
                ))}
            </>
          )}
        </span>
      </div>
      <GapTiles view={view} tried={tried} />
      {tried !== null && ruled && <p className="fair-note">{t('fairness.limit_note')}</p>}
      <MetricCharts view={view} chosen={chosen} onChoose={(metric) => set({ metric })} />
      {view.four_fifths.length > 0 && (
        <Section title={t('fairness.four_fifths')}>
          <FourFifthsSentences view={view} />
        </Section>
      )}
      <Section title={t('fairness.group_table')}>
        <GroupTable view={view} />
      </Section>
      <Section
        title={t('fairness.curves')}
        note={t('fairness.at_threshold', { threshold: formatFixed(view.threshold, t.language, 2) })}
      >
        <Curves view={view} />
      </Section>
      <Section
        title={t('fairness.all_gaps')}
        note={t('fairness.multiplicity', { count: multiplicity(view), method: correctionName(t, view.correction) })}
      >
        <h3 className="fair-coding">{t('fairness.coding_positive', { value: view.positive })}</h3>
        <GapTable view={view} favorable={false} tried={tried} all={state.all} />
        {view.gaps.some((gap) => isFavorable(gap.figure.name)) && (
          <>
            <h3 className="fair-coding fair-coding-favorable">
              {t('fairness.coding_favorable', { value: view.favorable })}
            </h3>
            <GapTable view={view} favorable tried={tried} all={state.all} />
          </>
        )}
        <Button onClick={() => set({ all: !state.all })} aria-expanded={state.all}>
          {t(state.all ? 'fairness.fewer_gaps' : 'fairness.more_gaps')}
        </Button>
      </Section>
    </>
  );
}

function multiplicity(view: FairnessView): number {
  return view.gaps.filter((gap) => gap.figure.p_adjusted !== undefined && gap.figure.p_adjusted !== null).length;
}

function correctionName(t: ReturnType<typeof useT>, correction: string): string {
  const key = `fairness.correction_${correction}`;
  return t.has(key) ? t(key) : correction;
}

/** The reading help beside the charts. */
function Reading({ view, tried }: { view: FairnessView; tried: number | null }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const level = formatLevel(view.level, t.language);
  const thin = view.slices.filter((slice) => slice.low_support).length;
  return (
    <>
      <h2>{t('fairness.reading')}</h2>
      <p>{t('fairness.reading_text', { level })}</p>
      <p>{t('fairness.reading_family')}</p>
      {thin > 0 && <p>{t('fairness.reading_thin', { thin, n: view.min_n })}</p>}
      <h2>{t('fairness.what_decides')}</h2>
      <WhatDecides view={view} tried={tried} />
      {view.dropped > 0 && <p>{t('fairness.dropped', { rows: formatCount(view.dropped, t.language) })}</p>}
      <h2>{t('fairness.evidence')}</h2>
      <p>
        <Link
          href={`${href(workspace, 'lineage')}?focus=${encodeURIComponent(view.provenance.evidence[0] ?? view.model)}`}
        >
          {t('fairness.lineage')}
        </Link>
        {view.provenance.run && (
          <>
            {' \u00b7 '}
            <Link href={href(workspace, 'runs', view.provenance.run)}>
              {t('fairness.run')} <code>{view.provenance.run.slice(0, 8)}</code>
            </Link>
          </>
        )}
      </p>
    </>
  );
}
