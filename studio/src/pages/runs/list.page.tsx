import { type ReactNode, useEffect, useState } from 'react';
import { useRead } from '../../api/hooks';
import type { Page as PageOf, RunItem } from '../../api/types';
import { RunPlan } from '../../app/run_plan';
import { useT } from '../../i18n';
import { flag, integer, oneOf, text } from '../../state/codec';
import { useViewState } from '../../state/use_view_state';
import { Button } from '../../ui/button';
import { Page } from '../../ui/page';
import { Await, Empty } from '../../ui/states';
import { RunTable } from './run_table';
import './runs.css';

const STATES = ['', 'running', 'queued', 'waiting', 'done', 'cached', 'failed', 'cancelled', 'preempted', 'skipped'] as const;
const codec = {
  state: oneOf(STATES, ''),
  operation: text(),
  steps: flag(false),
  after: text(),
  limit: integer(50, 1, 1000),
};

export default function RunsPage(): ReactNode {
  const t = useT();
  const { state, bad, set } = useViewState(codec);
  const query = new URLSearchParams({ limit: String(state.limit) });
  if (!state.steps) query.set('parent', '');
  if (state.state) query.set('state', state.state);
  if (state.operation) query.set('operation', state.operation);
  if (state.after) query.set('after', state.after);
  const runs = useRead<PageOf<RunItem>>(`view/runs?${query}`);
  const filtered = state.state !== '' || state.operation !== '' || state.after !== '';
  const total = runs.data?.total;
  return (
    <Page title={t('runs.title')} sub={total != null && <span>{t('runs.count', { count: total })}</span>} actions={<RunPlan />}>
      {bad.map(({ field, text: given }) => (
        <p key={field} className="stale" role="note">{t('runs.bad_field', { field, text: given })}</p>
      ))}
      <div className="filters">
        <OperationField value={state.operation} onChange={(operation) => set({ operation, after: '' })} />
        <label>
          {t('runs.state')}
          <select className="control" value={state.state} onChange={(event) => set({ state: event.target.value as (typeof STATES)[number], after: '' }, true)}>
            {STATES.map((each) => (
              <option key={each} value={each}>{each ? t(`frame.run_${each}`) : t('runs.any')}</option>
            ))}
          </select>
        </label>
        <label className="check">
          <input type="checkbox" checked={state.steps} onChange={(event) => set({ steps: event.target.checked, after: '' }, true)} />
          {t('runs.with_steps')}
        </label>
      </div>
      <Await of={runs} lines={12} empty={(data) => (data.items.length ? null : <Nothing filtered={filtered} onClear={() => set({ state: '', operation: '', after: '' }, true)} />)}>
        {(data) => (
          <>
            <RunTable runs={data.items} />
            <div className="pager">
              {state.after && <Button onClick={() => set({ after: '' }, true)}>{t('runs.newest')}</Button>}
              {data.next && <Button onClick={() => set({ after: data.next as string }, true)}>{t('runs.older')}</Button>}
            </div>
          </>
        )}
      </Await>
    </Page>
  );
}

// Typing asks the server a moment after the last letter.
function OperationField({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactNode {
  const t = useT();
  const [typed, setTyped] = useState(value);
  const forms = useRead<{ items: { noun: string; verb: string }[] }>('view/forms');
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onChange(typed.trim()), 300);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <label>
      {t('runs.operation')}
      <input className="field" data-filter="" type="search" list="operations" placeholder="plan.run" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <datalist id="operations">
        {(forms.data?.items ?? []).map(({ noun, verb }) => (
          <option key={`${noun}.${verb}`} value={`${noun}.${verb}`} />
        ))}
      </datalist>
    </label>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }): ReactNode {
  const t = useT();
  if (filtered) {
    return (
      <Empty title={t('runs.none_match')} why={t('runs.none_match_why')}>
        <Button onClick={onClear}>{t('runs.clear')}</Button>
      </Empty>
    );
  }
  return <Empty title={t('runs.none')} why={t('runs.none_why')} command="assay run assay.yaml" />;
}
