// Whether the server can be reached and knows us; one small store for banner, sign-in page and event stream.
import { useSyncExternalStore } from 'react';

export type Link = 'unknown' | 'alive' | 'lost' | 'signed-out';
export interface ConnectionState {
  link: Link;
  /** when the server fell silent, ms */
  since: number | null;
  /** when it is asked again, ms */
  retry: number | null;
}

let state: ConnectionState = { link: 'unknown', since: null, retry: null };
const listeners = new Set<(state: ConnectionState, before: ConnectionState) => void>();
let timer: ReturnType<typeof setTimeout> | null = null;
let attempt = 0;

function set(next: ConnectionState): void {
  const before = state;
  if (before.link === next.link && before.retry === next.retry) return;
  state = next;
  for (const listener of [...listeners]) listener(next, before);
}

/** 1, 2, 4, 8, 16, 30, 30 … seconds. */
export function backoff(tries: number): number {
  return Math.min(30, 2 ** Math.min(tries, 5)) * 1000;
}

async function ask(): Promise<void> {
  timer = null;
  try {
    const response = await fetch('/api/v1/version', { cache: 'no-store' });
    if (!response.ok) throw new Error(String(response.status));
    connection.alive();
  } catch {
    plan();
  }
}

function plan(): void {
  if (timer !== null) return;
  const wait = backoff(attempt++);
  timer = setTimeout(() => void ask(), wait);
  set({ link: 'lost', since: state.since ?? Date.now(), retry: Date.now() + wait });
}

export const connection = {
  get: (): ConnectionState => state,
  subscribe(listener: (state: ConnectionState, before: ConnectionState) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  alive(): void {
    if (state.link !== 'signed-out') connection.signedIn();
  },
  lost(): void {
    if (state.link !== 'signed-out') plan();
  },
  signedOut(): void {
    set({ link: 'signed-out', since: null, retry: null });
  },
  /** An answer that only a known user gets has come. */
  signedIn(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    attempt = 0;
    set({ link: 'alive', since: null, retry: null });
  },
  /** Asks now instead of waiting. */
  retryNow(): void {
    if (timer !== null) clearTimeout(timer);
    void ask();
  },
};

export function useConnection(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.get);
}
