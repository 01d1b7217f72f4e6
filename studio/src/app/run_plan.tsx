// "Run the plan": which plan, and whether every step runs anew; then the page of the run.
import { type ReactNode, useId, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { ApiError, post } from '../api/client';
import { apiPath, useWorkspace } from '../api/hooks';
import type { Problem } from '../api/types';
import { useT } from '../i18n';
import { href } from '../state/href';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorPanel, problemOf } from '../ui/states';
import { say } from '../ui/toast';
import { useOverview } from './overview_data';

export interface PlanRunner {
  /** the problem, or null when the run has started and its page is shown */
  run: (plan: string, refresh: boolean) => Promise<Problem | null>;
}

// Which plan a run of this tab came from: the run itself does not say while it goes on.
const started = new Map<string, string>();

/** The plan file of a run, where it is known: by its options, by who started it, by the name it gives its model. */
export function usePlanOf(run: { run: string; name: string; options: Record<string, unknown> } | undefined): string | null {
  const plans = useOverview().data?.plans ?? [];
  if (!run) return null;
  const { plan } = run.options;
  if (typeof plan === 'string' && plan) return plan;
  return started.get(run.run) ?? plans.find((each) => each.name !== '' && each.name === run.name)?.path ?? (plans.length === 1 ? (plans[0]?.path ?? null) : null);
}

export function usePlanRunner(): PlanRunner {
  const t = useT();
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  return useMemo(
    () => ({
      run: async (plan, refresh) => {
        try {
          const { run } = await post<{ run?: string }>(apiPath(workspace, 'plan:run'), { plan, refresh }, { respondAsync: true });
          say(t('frame.plan_started', { plan }));
          if (run) started.set(run, plan);
          if (run) navigate(href(workspace, 'runs', run));
          return null;
        } catch (error) {
          const problem = problemOf(error);
          say(error instanceof ApiError ? problem.detail : t('frame.error_unreachable'));
          return problem;
        }
      },
    }),
    [t, workspace, navigate],
  );
}

export function RunPlan(): ReactNode {
  const t = useT();
  const id = useId();
  const overview = useOverview();
  const runner = usePlanRunner();
  const [open, setOpen] = useState(false);
  const [plan, setPlan] = useState<string | null>(null);
  const [refresh, setRefresh] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const plans = overview.data?.plans ?? [];
  const chosen = plan ?? plans[0]?.path ?? '';
  const start = async (): Promise<void> => {
    setBusy(true);
    const failed = await runner.run(chosen, refresh);
    setBusy(false);
    setProblem(failed);
    if (!failed) setOpen(false);
  };
  return (
    <>
      <Button kind="primary" icon="play" onClick={() => setOpen(true)} because={overview.data && plans.length === 0 ? t('frame.no_plan') : undefined}>
        {t('frame.run_plan')}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('frame.run_plan')}>
        <form onSubmit={(event) => (event.preventDefault(), void start())}>
          <fieldset className="choices">
            <legend>{t('frame.which_plan')}</legend>
            {plans.map((each) => (
              <label key={each.path} className="check">
                <input type="radio" name={`${id}plan`} checked={each.path === chosen} onChange={() => setPlan(each.path)} />
                <span dir="auto">{each.name}</span> <code>{each.path}</code>
              </label>
            ))}
          </fieldset>
          <label className="check">
            <input type="checkbox" checked={refresh} onChange={(event) => setRefresh(event.target.checked)} />
            {t('frame.refresh')}
          </label>
          <p className="note">{t('frame.refresh_note')}</p>
          {problem && <ErrorPanel problem={problem} />}
          <div className="dialog-actions">
            <Button onClick={() => setOpen(false)}>{t('frame.cancel')}</Button>
            <Button kind="primary" type="submit" icon="play" disabled={busy}>{t('frame.run_plan')}</Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
