// The steps of a plan as a list that is also a Gantt strip: each bar begins where the one before it ended.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useWorkspace } from '../../api/hooks';
import type { RunStep, RunView } from '../../api/types';
import { useT } from '../../i18n';
import { formatSeconds } from '../../i18n/time';
import { href } from '../../state/href';
import { Digest } from '../../ui/bits';
import { Section } from '../../ui/page';
import { RunMark } from '../../ui/state_mark';

export interface Bar {
  from: number;
  to: number;
}

/** Where each bar lies, 0..1 of the time that all steps took; a step too short to see keeps a hairline. */
export function bars(steps: readonly Pick<RunStep, 'seconds'>[]): Bar[] {
  const all = steps.reduce((sum, step) => sum + Math.max(0, step.seconds), 0);
  let at = 0;
  return steps.map((step) => {
    const from = all > 0 ? at / all : 0;
    at += Math.max(0, step.seconds);
    return { from, to: all > 0 ? at / all : 0 };
  });
}

export function Steps({ run }: { run: RunView }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const strip = bars(run.steps);
  const cached = run.steps.filter((step) => step.state === 'cached').length;
  const of = run.steps[0]?.of || run.steps.length;
  return (
    <Section title={t('runs.steps')} note={t('runs.steps_note', { count: run.steps.length, of, cached })}>
      <ol className="steps">
        {run.steps.map((step, i) => (
          <li key={`${step.number} ${step.id}`}>
            <span className="step-number">{step.number || i + 1}</span>
            <span className="step-state"><RunMark state={step.state} /></span>
            <span className="step-name">
              {step.run && step.run !== run.run ? <Link href={href(workspace, 'runs', step.run)}>{step.id}</Link> : step.id} <code>{step.operation}</code>
            </span>
            <span className="step-strip" aria-hidden="true">
              <i className={`step-bar step-${step.state}`} style={{ left: `${(strip[i] as Bar).from * 100}%`, width: `max(2px, ${((strip[i] as Bar).to - (strip[i] as Bar).from) * 100}%)` }} />
            </span>
            <span className="step-time">{step.state === 'running' || step.state === 'waiting' || step.state === 'queued' ? '' : formatSeconds(step.seconds, t.language)}</span>
            <span className="step-digest">{step.digest && <Digest value={step.digest} link />}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
