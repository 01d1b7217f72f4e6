// Single letters and pairs (h4). They act outside of fields only and can be switched off (WCAG 2.1.4).
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { preferences } from '../state/preferences';
import { type Destination, STAGES } from './places';
import { usePlace } from './route';

const GO: Record<string, string> = { o: 'overview', d: 'data', r: 'runs', e: 'fairness', m: 'model', l: 'lineage', a: 'audit' };
const PAIR_MS = 1500;

interface Actions {
  palette: () => void;
  help: () => void;
}

function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return element?.closest?.('input, textarea, select, [contenteditable], dialog') != null;
}

function focusFirst(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}

export function useKeyboard(destinations: readonly Destination[], actions: Actions): void {
  const [, navigate] = useLocation();
  const { spec } = usePlace();
  const latest = useRef({ destinations, actions, stage: spec?.stage ?? null });
  useEffect(() => {
    latest.current = { destinations, actions, stage: spec?.stage ?? null };
  });
  useEffect(() => {
    let g = 0;
    const go = (key: string | undefined): boolean => {
      const found = latest.current.destinations.find((each) => each.key === key);
      if (found) navigate(found.href);
      return found !== undefined;
    };
    const toStage = (step: number): boolean => {
      const at = STAGES.indexOf(latest.current.stage ?? 'define') + step;
      const found = latest.current.destinations.find((each) => each.stage === STAGES[at]);
      if (found) navigate(found.href);
      return found !== undefined;
    };
    const letter = (key: string): boolean => {
      if (g && Date.now() - g < PAIR_MS) {
        g = 0;
        return go(GO[key]);
      }
      g = 0;
      if (key === 'g') {
        g = Date.now();
        return true;
      }
      if (key === '/') return focusFirst('[data-filter]') || (latest.current.actions.palette(), true);
      if (key === '?') return latest.current.actions.help(), true;
      if (key === '[') return toStage(-1);
      if (key === ']') return toStage(1);
      return key === 'x' && focusFirst('[data-export], .chart-export summary, .chart-export button');
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.actions.palette();
        return;
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (!preferences().letters || typing(event.target)) return;
      if (letter(event.key)) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [navigate]);
}
