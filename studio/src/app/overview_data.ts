// What the frame knows of the workspace: stages, models, data and plans from the overview; which runs go on.
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useEvents, useRead, useWorkspace } from '../api/hooks';
import type { Overview, Page, RunItem, RunState } from '../api/types';
import { ongoing } from '../ui/state_mark';
import { usePlace } from './route';

export function useOverview(): UseQueryResult<Overview, Error> {
  return useRead<Overview>('view/overview', { enabled: useWorkspace() !== '' });
}

/** Runs that go on now. */
export function useOngoing(): number {
  const workspace = useWorkspace();
  const runs = useRead<Page<RunItem>>('view/runs?state=running&parent=&limit=100', { enabled: workspace !== '' });
  return runs.data?.items.filter((run) => ongoing(run.state)).length ?? 0;
}

interface StateEvent {
  kind: string;
  id: string;
  state: RunState;
}

/** Keeps what is on screen fresh: when a run starts or ends, reads of the workspace are old. Stands once, in the frame. */
export function useFreshness(): void {
  const workspace = useWorkspace();
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEvents(workspace ? 'runs' : '', ({ event, data }) => {
    if (event !== 'state' || (data as StateEvent).kind !== 'run') return;
    // A plan starts and ends a dozen runs within a second: read again once, after it.
    timer.current ??= setTimeout(() => {
      timer.current = null;
      void client.invalidateQueries({ queryKey: ['w', workspace] });
    }, 400);
  });
}

export interface ModelPlace {
  name: string;
  version: string;
}

/** The model that the address speaks of, else the newest of the workspace. */
export function useModelPlace(): ModelPlace | null {
  const { spec, params } = usePlace();
  const overview = useOverview();
  if (spec?.path.startsWith('/w/:ws/models/:name')) return { name: params['name'] as string, version: params['ver'] as string };
  const first = overview.data?.models[0];
  return first ? { name: first.name, version: String(first.version) } : null;
}

