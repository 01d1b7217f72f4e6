// One run: while it goes on, its steps, progress and log as they come; afterwards what it concluded, or why it could not.
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { post } from '../../api/client';
import { apiPath, segments, useEvents, useRead, useWorkspace } from '../../api/hooks';
import type { RunView } from '../../api/types';
import { RunPlan, usePlanOf, usePlanRunner } from '../../app/run_plan';
import { NotFound } from '../../app/not_found';
import { useOverview } from '../../app/overview_data';
import { useParams } from '../../app/route';
import { useT } from '../../i18n';
import { href } from '../../state/href';
import { Command, CopyButton, Digest, Duration, Time } from '../../ui/bits';
import { Button } from '../../ui/button';
import { Page, Section } from '../../ui/page';
import { RuleTable } from '../../ui/rule_table';
import { RunMark, StateMark, ongoing } from '../../ui/state_mark';
import { Await, ErrorPanel, problemOf } from '../../ui/states';
import { Facts } from '../../ui/table';
import { say } from '../../ui/toast';
import { applied } from './live';
import { Log } from './log';
import { Steps } from './steps';
import './runs.css';

export default function RunPage(): ReactNode {
  const t = useT();
  const { id = '' } = useParams();
  const workspace = useWorkspace();
  const client = useQueryClient();
  const path = `view/runs/${segments(id)}`;
  const read = useRead<RunView>(path);
  const run = read.data;
  const plan = usePlanOf(run?.operation === 'plan.run' ? run : undefined);
  useEvents(`run:${run?.run ?? id}`, ({ event, data }) => {
    client.setQueryData<RunView>(['w', workspace, path], (old) => old && applied(old, event, data));
    const ended = event === 'state' && !ongoing((data as { state: RunView['state'] }).state);
    if (ended || event === 'hello') void client.invalidateQueries({ queryKey: ['w', workspace, path] });
  });
  if (read.isError && !run && problemOf(read.error).status === 404) return <NotFound path={location.pathname} what={problemOf(read.error).detail} />;
  return (
    <Page
      title={run ? run.name || plan || run.operation : t('runs.run')}
      sub={run && <Sub run={run} />}
      actions={run && <Actions run={run} />}
      aside={run && <Particulars run={run} />}
      provenance={run?.provenance}
    >
      <Await of={read} lines={10}>
        {(data) => (
          <>
            <ProgressBar run={data} />
            {data.error && <ErrorPanel problem={data.error} tone={data.state === 'failed' ? 'bad' : 'warn'} title={t(data.state === 'cancelled' ? 'runs.was_cancelled' : data.state === 'preempted' ? 'runs.was_preempted' : 'runs.has_failed')} />}
            <Result run={data} />
            {data.steps.length > 0 && <Steps run={data} />}
            <Log run={data} />
          </>
        )}
      </Await>
    </Page>
  );
}

function Sub({ run }: { run: RunView }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  return (
    <>
      <RunMark state={run.state} />
      <code>{run.operation}</code>
      <span className="digest">
        <code title={run.run}>{run.run.slice(0, 12)}</code>
        <CopyButton text={run.run} what={t('runs.id')} />
      </span>
      <Time at={run.started} />
      {!ongoing(run.state) && <Duration seconds={run.seconds} />}
      {run.parent && (
        <span>{t.rich('runs.step_of', { run: <Link key="p" href={href(workspace, 'runs', run.parent)}><code>{run.parent.slice(0, 12)}</code></Link> })}</span>
      )}
    </>
  );
}

function Actions({ run }: { run: RunView }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const runner = usePlanRunner();
  const [busy, setBusy] = useState(false);
  const plan = usePlanOf(run);
  const cancel = async (): Promise<void> => {
    setBusy(true);
    try {
      await post(apiPath(workspace, 'runs:cancel'), { run: run.run });
      say(t('runs.cancel_asked'));
    } catch (error) {
      say(problemOf(error).detail);
    }
    setBusy(false);
  };
  const again = async (): Promise<void> => {
    setBusy(true);
    await runner.run(plan ?? '', false);
    setBusy(false);
  };
  if (ongoing(run.state)) return <Button kind="danger" icon="stop" disabled={busy} onClick={() => void cancel()}>{t('runs.cancel')}</Button>;
  if (run.operation !== 'plan.run') return null;
  if (!plan) return <RunPlan />;
  return <Button kind="primary" icon="again" disabled={busy} onClick={() => void again()}>{t('runs.again')}</Button>;
}

function ProgressBar({ run }: { run: RunView }): ReactNode {
  const t = useT();
  if (!ongoing(run.state)) return null;
  const { progress } = run;
  const inner = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;
  const of = Math.max(run.steps[0]?.of ?? 0, run.steps.length, 1);
  const ended = run.steps.filter((step) => !ongoing(step.state)).length;
  const share = of > 1 ? (ended + (inner ?? 0)) / of : inner;
  return (
    <div className="run-progress">
      <p>
        <strong>{progress?.phase || t(`frame.run_${run.state}`)}</strong>
        {progress?.message && <span dir="auto">{progress.message}</span>}
        <span className="run-progress-right">
          {of > 1 && <span>{t('runs.step_number', { number: Math.min(of, ended + 1), of })}</span>}
          {progress && progress.total > 0 && <span>{t('runs.done_of', { done: progress.done, total: progress.total })}</span>}
          {progress?.eta_s != null && <span>{t.rich('runs.eta', { time: <Duration key="d" seconds={progress.eta_s} /> })}</span>}
        </span>
      </p>
      <div className="meter meter-parts" role="progressbar" aria-label={t('runs.progress')} aria-valuemin={0} aria-valuemax={100} {...(share === null ? {} : { 'aria-valuenow': Math.round(share * 100) })}>
        {Array.from({ length: of }, (_, i) => (
          <span key={i}>
            {i < ended && <i />}
            {i === ended && <i className={inner === null ? 'meter-now' : undefined} style={inner === null ? undefined : { width: `${inner * 100}%` }} />}
          </span>
        ))}
      </div>
    </div>
  );
}

function Result({ run }: { run: RunView }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const files = Object.entries(run.files ?? {});
  const overview = useOverview();
  const made = overview.data?.models.find((model) => model.name === run.name);
  const toModel = run.operation === 'plan.run' && made ? href(workspace, 'models', made.name, made.version) : null;
  return (
    <>
      {run.verdict && (
        <Section title={t('runs.verdict')} note={<><StateMark state={run.verdict.state} /> {run.verdict.policy}</>}>
          <RuleTable verdict={run.verdict} />
        </Section>
      )}
      {(run.outputs.length > 0 || files.length > 0) && (
        <Section title={t('runs.outputs')}>
          <div className="sheet">
            {toModel && (
              <p className="run-links">
                <Link href={toModel}>{t('runs.to_model', { model: run.name })}</Link>
                <Link href={`${toModel}/evaluate/fairness`}>{t('frame.nav_fairness')}</Link>
                <Link href={`${toModel}/report`}>{t('frame.nav_report')}</Link>
                <Link href={`${toModel}/card`}>{t('frame.nav_card')}</Link>
              </p>
            )}
            <Facts
              items={[
                ...run.outputs.map((port) => [port.role, port.ref ? <AssetLink key="a" target={port.ref} digest={port.digest} /> : <Digest key="d" value={port.digest} link />] as const),
                ...files.map(([what, file]) => [what, <Command key="f">{file}</Command>] as const),
              ]}
            />
          </div>
        </Section>
      )}
    </>
  );
}

/** A reference such as model:mortgage@1 as a link to its page. */
function AssetLink({ target, digest }: { target: string; digest: string }): ReactNode {
  const workspace = useWorkspace();
  const match = /^(model|dataset):(.+)@(\d+)$/.exec(target);
  const to = match
    ? href(workspace, match[1] === 'model' ? 'models' : 'data', match[2] as string, match[3] as string)
    : `${href(workspace, 'lineage')}?focus=${encodeURIComponent(target)}`;
  return (
    <>
      <Link href={to}><code>{target}</code></Link> <Digest value={digest} />
    </>
  );
}

function Particulars({ run }: { run: RunView }): ReactNode {
  const t = useT();
  const options = Object.entries(run.options).filter(([, value]) => value !== '' && value !== null && JSON.stringify(value) !== '{}' && JSON.stringify(value) !== '[]');
  return (
    <>
      <h2>{t('runs.particulars')}</h2>
      <Facts
        items={[
          [t('runs.started'), <Time key="s" at={run.started} full />],
          run.finished ? [t('runs.finished'), <Time key="f" at={run.finished} full />] : null,
          [t('runs.by'), run.by],
          [t('runs.host'), run.host],
          [t('runs.threads'), String(run.threads)],
        ]}
      />
      {run.inputs.length > 0 && (
        <>
          <h2>{t('runs.inputs')}</h2>
          <Facts items={run.inputs.map((port) => [port.role, port.ref ? <AssetLink key="a" target={port.ref} digest={port.digest} /> : <Digest key="d" value={port.digest} link />] as const)} />
        </>
      )}
      {options.length > 0 && (
        <>
          <h2>{t('runs.options')}</h2>
          <Facts items={options.slice(0, 24).map(([name, value]) => [<code key="n">{name}</code>, <code key="v" dir="auto">{typeof value === 'string' ? value : JSON.stringify(value)}</code>] as const)} />
        </>
      )}
    </>
  );
}
