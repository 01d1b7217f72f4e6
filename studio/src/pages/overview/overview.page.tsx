// Where the project stands and what to do next: five stages, what they know, the next steps, alerts, latest runs.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useWorkspace } from '../../api/hooks';
import type { Overview } from '../../api/types';
import { useOverview } from '../../app/overview_data';
import { StageMark } from '../../app/rail';
import { RunPlan } from '../../app/run_plan';
import { formatCount } from '../../charts/format';
import { useT } from '../../i18n';
import { href, localHref } from '../../state/href';
import { Command } from '../../ui/bits';
import { Page, Section } from '../../ui/page';
import { PunchMarks } from '../../ui/punch_marks';
import { STATE_GLYPH, StateMark } from '../../ui/state_mark';
import { Await, Empty } from '../../ui/states';
import { Table } from '../../ui/table';
import { RunTable } from '../runs/run_table';
import './overview.css';

export default function OverviewPage(): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const overview = useOverview();
  const plans = overview.data?.plans ?? [];
  return (
    <Page
      title={t('overview.title')}
      sub={<span>{[workspace, ...plans.map((plan) => plan.path)].join(' · ')}</span>}
      actions={plans.length > 0 && <RunPlan />}
      provenance={overview.data?.provenance.run ? overview.data.provenance : undefined}
    >
      <Await of={overview} lines={12} empty={(data) => (isBare(data) ? <Bare data={data} /> : null)}>
        {(data) => (
          <>
            <Stages data={data} />
            <div className="overview-two">
              <Next data={data} />
              <Alerts data={data} />
            </div>
            <Models data={data} />
            <div className="overview-two">
              <Section title={t('overview.recent')} actions={<Link href={`${href(workspace, 'runs')}`}>{t('overview.all_runs')}</Link>}>
                {data.recent.length ? <RunTable runs={data.recent} brief /> : <p className="note">{t('overview.no_runs')}</p>}
              </Section>
              <DataSets data={data} />
            </div>
          </>
        )}
      </Await>
    </Page>
  );
}

function isBare(data: Overview): boolean {
  return data.plans.length === 0 && data.data.length === 0 && data.models.length === 0 && data.recent.length === 0;
}

function Bare({ data }: { data: Overview }): ReactNode {
  const t = useT();
  return <Empty title={t('overview.bare')} why={t('overview.bare_why')} command={data.next[0]?.command || 'assay init DATA'} />;
}

function Stages({ data }: { data: Overview }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  return (
    <ol className="ledger">
      {data.stages.map((stage) => (
        <li key={stage.key} className={`ledger-${stage.state}`}>
          <header>
            <StageMark state={stage.state} />
            <h2>{t(`frame.stage_${stage.key}`)}</h2>
            <span className="ledger-state">{t(`frame.stage_state_${stage.state}`)}</span>
          </header>
          <p className="ledger-why" dir="auto">{t.message(stage.why)}</p>
          <dl>
            {stage.facts.filter((fact) => fact.value !== '').map((fact, i) => {
              const to = localHref(workspace, fact.href);
              return (
                <div key={i} className={fact.value.length > 22 ? 'ledger-long' : undefined}>
                  <dt>{t.message(fact.label)}</dt>
                  <dd dir="auto">{to ? <Link href={to}>{shown(fact.value, t.language)}</Link> : shown(fact.value, t.language)}</dd>
                </div>
              );
            })}
          </dl>
        </li>
      ))}
    </ol>
  );
}

// Counts come as plain digits; people read them grouped. Moments as RFC 3339; people read a date.
function shown(value: string, locale: string): string {
  if (/^\d{4,15}$/.test(value)) return formatCount(Number(value), locale);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(value));
  return value;
}

function Next({ data }: { data: Overview }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  return (
    <Section title={t('overview.next')}>
      {data.next.length === 0 ? (
        <p className="sheet note">{t('overview.next_none')}</p>
      ) : (
        <ol className="next">
          {data.next.slice(0, 5).map((step, i) => {
            const to = localHref(workspace, step.href);
            return (
              <li key={i}>
                <p dir="auto">{to ? <Link href={to}>{t.message(step.title)}</Link> : t.message(step.title)}</p>
                {step.command && <Command>{step.command}</Command>}
              </li>
            );
          })}
        </ol>
      )}
    </Section>
  );
}

function Alerts({ data }: { data: Overview }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  return (
    <Section title={t('overview.alerts')} note={data.alerts.length > 0 ? formatCount(data.alerts.length, t.language) : undefined}>
      {data.alerts.length === 0 ? (
        <p className="sheet note">{t('overview.alerts_none')}</p>
      ) : (
        <ul className="alerts">
          {data.alerts.slice(0, 8).map((alert, i) => {
            const to = localHref(workspace, alert.href);
            const words = t.message(alert.title);
            return (
              <li key={i} className={`alert-${alert.state}`}>
                <span aria-hidden="true">{STATE_GLYPH[alert.state]}</span>
                <span dir="auto">
                  <span className="sr">{t(`frame.state_${alert.state}`)}: </span>
                  {to ? <Link href={to}>{words}</Link> : words}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}

function Models({ data }: { data: Overview }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  if (data.models.length === 0) return null;
  return (
    <Section title={t('overview.models')}>
      <Table
        caption={t('overview.models')}
        rows={data.models}
        rowKey={(model) => `${model.name}@${model.version}`}
        columns={[
          { key: 'name', title: t('overview.model'), wide: true, cell: (model) => <Link href={href(workspace, 'models', model.name, model.version)}>{`${model.name} · v${model.version}`}</Link> },
          { key: 'marks', title: t('overview.hallmark'), cell: (model) => <PunchMarks marks={model.marks} /> },
          { key: 'state', title: t('overview.verdict'), cell: (model) => <StateMark state={model.state} /> },
          { key: 'signed', title: t('frame.signature'), hide: 'narrow', cell: (model) => t(model.signed ? 'frame.signature_signed' : 'frame.signature_none') },
        ]}
      />
    </Section>
  );
}

function DataSets({ data }: { data: Overview }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  if (data.data.length === 0) return null;
  return (
    <Section title={t('overview.data')}>
      <Table
        caption={t('overview.data')}
        rows={data.data}
        rowKey={(item) => `${item.name}@${item.version}`}
        columns={[
          { key: 'name', title: t('overview.data_set'), wide: true, cell: (item) => <Link href={href(workspace, 'data', item.name, item.version)}>{`${item.name} · v${item.version}`}</Link> },
          { key: 'rows', title: t('overview.rows'), number: true, cell: (item) => formatCount(item.rows, t.language) },
          { key: 'columns', title: t('overview.columns'), number: true, cell: (item) => formatCount(item.columns, t.language) },
        ]}
      />
    </Section>
  );
}
