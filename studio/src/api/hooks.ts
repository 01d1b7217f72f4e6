// How pages read: a view by its path below the workspace, kept fresh by the events of the runs.
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useParams } from '../app/route';
import { get } from './client';
import { type Listener, eventsOf } from './events';

/** The workspace of the address. */
export function useWorkspace(): string {
  return useParams()['ws'] ?? '';
}

/** Address of the API below a workspace. */
export function apiPath(workspace: string, path: string): string {
  return `/api/v1/w/${encodeURIComponent(workspace)}/${path}`;
}

/** Joins path segments, each encoded. */
export function segments(...parts: (string | number)[]): string {
  return parts.map((part) => encodeURIComponent(String(part))).join('/');
}

interface Options {
  enabled?: boolean;
  /** ms between readings where events do not tell */
  every?: number;
}

/** A read below the workspace, for instance useRead<DataView>(`view/data/${segments(name, version)}/stats`). */
export function useRead<T>(path: string, options: Options = {}): UseQueryResult<T, Error> {
  const workspace = useWorkspace();
  return useQuery<T, Error>({
    queryKey: ['w', workspace, path],
    queryFn: ({ signal }) => get<T>(apiPath(workspace, path), signal),
    enabled: options.enabled ?? true,
    ...(options.every ? { refetchInterval: options.every } : {}),
  });
}

/** Calls `listener` for events of a topic of this workspace while the component stands; '' listens to nothing. */
export function useEvents(topic: string, listener: Listener): void {
  const workspace = useWorkspace();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    if (!topic || !workspace) return undefined;
    return eventsOf(workspace).subscribe(topic, (event) => latest.current(event));
  }, [topic, workspace]);
}

/** Marks every read of the workspace as old; those on screen are read again (304 where nothing changed). */
export function useRefresh(): () => void {
  const client = useQueryClient();
  const workspace = useWorkspace();
  return () => void client.invalidateQueries({ queryKey: ['w', workspace] });
}
