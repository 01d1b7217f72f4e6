// What the events of a run do to its view: pure, so that a test can play a broken stream against it.
import type { LogLine, Progress, RunState, RunStep, RunView } from '../../api/types';
import { ongoing } from '../../ui/state_mark';

interface StepEvent {
  id: string;
  operation: string;
  state: RunState;
  number: number;
  of: number;
  seconds: number;
  digest: string | null;
}

/** The view after an event; the same object where the event changes nothing. */
export function applied(view: RunView, event: string, data: unknown): RunView {
  if (event === 'state') {
    const { id, state } = data as { id: string; state: RunState };
    return id === view.run && state !== view.state ? { ...view, state } : view;
  }
  // After the end a late event of a replay must not bring a finished run back to life.
  if (!ongoing(view.state)) return view;
  if (event === 'progress') {
    const { phase, done, total, eta_s, message } = data as Progress;
    return { ...view, progress: { phase, done, total, eta_s: eta_s ?? null, message } };
  }
  if (event === 'step') return { ...view, steps: withStep(view.steps, data as StepEvent) };
  return view;
}

function withStep(steps: readonly RunStep[], event: StepEvent): RunStep[] {
  const { id, operation, state, number, of, seconds, digest } = event;
  const at = steps.findIndex((step) => step.id === id && (step.number === number || step.number === 0 || number === 0));
  if (at < 0) {
    const added: RunStep = { id, operation, state, number, of, seconds: seconds ?? 0, digest: digest || null, run: null };
    return [...steps, added].sort((a, b) => a.number - b.number);
  }
  const before = steps[at] as RunStep;
  // Replays may bring a step's beginning after its end is known.
  if (!ongoing(before.state) && ongoing(state)) return [...steps];
  const next = { ...before, state, of: of || before.of, seconds: seconds ?? before.seconds, digest: digest || before.digest };
  return steps.map((step, i) => (i === at ? next : step));
}

const KEPT_LINES = 2000;

/** Log lines in order without repetition, the last 2,000. */
export function withLines(lines: readonly LogLine[], more: readonly LogLine[]): LogLine[] {
  const known = new Set(lines.map((line) => line.seq));
  const fresh = more.filter((line) => !known.has(line.seq));
  if (fresh.length === 0) return lines as LogLine[];
  return [...lines, ...fresh].sort((a, b) => a.seq - b.seq).slice(-KEPT_LINES);
}
