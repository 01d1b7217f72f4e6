import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoff, connection } from './connection';
import { EventParser, EventStream, type ServerEvent } from './events';

function parseAll(chunks: readonly string[]): { events: { id: string; event: string; data: string }[]; comments: number } {
  const events: { id: string; event: string; data: string }[] = [];
  let comments = 0;
  const parser = new EventParser((event) => events.push(event), () => comments++);
  for (const chunk of chunks) parser.push(chunk);
  return { events, comments };
}

describe('text/event-stream', () => {
  const text = 'retry: 1000\n\nid: 7\nevent: state\ndata: {"a":1}\n\n: beat\n\ndata:x\ndata: y\n\n';
  const wanted = [
    { id: '7', event: 'state', data: '{"a":1}' },
    { id: '7', event: 'message', data: 'x\ny' },
  ];

  it('reads events, ids and heartbeats', () => {
    expect(parseAll([text])).toEqual({ events: wanted, comments: 1 });
  });

  it('does not care where the bytes are cut or how lines end', () => {
    for (const ending of ['\n', '\r\n', '\r']) {
      const given = text.replaceAll('\n', ending);
      for (let cut = 0; cut <= given.length; cut++) {
        expect(parseAll([given.slice(0, cut), given.slice(cut)]).events, `${JSON.stringify(ending)} at ${cut}`).toEqual(wanted);
      }
    }
  });

  it('drops a half event at the end', () => {
    expect(parseAll(['id: 1\ndata: {"half"']).events).toEqual([]);
  });
});

it('waits 1, 2, 4 … 30 seconds', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(backoff)).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
});

// A server in memory: each connection is answered by the next script.
type Script = (url: URL, headers: Headers) => Response | 'refuse' | 'hang';

function surroundings(scripts: Script[]): { fetch: typeof fetch; wait: (ms: number) => Promise<void>; calls: { url: URL; headers: Headers }[]; waits: number[] } {
  const calls: { url: URL; headers: Headers }[] = [];
  const waits: number[] = [];
  return {
    calls,
    waits,
    fetch: ((input: string, init?: RequestInit) => {
      const url = new URL(input, 'http://127.0.0.1');
      const headers = new Headers(init?.headers);
      if (url.pathname.endsWith('version')) return Promise.reject(new Error('down'));
      calls.push({ url, headers });
      const answer = scripts.shift()?.(url, headers) ?? 'hang';
      if (answer === 'refuse') return Promise.reject(new TypeError('refused'));
      if (answer === 'hang') return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
      return Promise.resolve(answer);
    }) as typeof fetch,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  };
}

const stream = (text: string, status = 200): Response => new Response(text, { status, headers: { 'Content-Type': 'text/event-stream' } });
const state = (id: number, run: string, now: string): string => `id: ${id}\nevent: state\ndata: ${JSON.stringify({ kind: 'run', id: run, state: now })}\n\n`;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('the stream of a workspace', () => {
  beforeEach(() => {
    connection.signedIn();
    vi.stubGlobal('fetch', () => Promise.reject(new Error('down')));
  });
  afterEach(() => vi.unstubAllGlobals());

  it('goes on where it broke', async () => {
    const around = surroundings([
      () => stream(state(1, 'r1', 'running') + 'id: 2\nevent: log\ndata: {"run":"r1","seq":1,"text":"a"}\n\nid: 3\nevent: lo'),
      () => 'refuse',
      () => stream('id: 3\nevent: log\ndata: {"run":"r1","seq":2,"text":"b"}\n\n' + state(4, 'r1', 'done')),
    ]);
    const events = new EventStream('/api/v1/w/x', around);
    const seen: ServerEvent[] = [];
    events.subscribe('run:r1', (event) => seen.push(event));
    await settled();
    events.close();
    expect(seen.map((event) => [event.id, event.event])).toEqual([['1', 'state'], ['2', 'log'], ['3', 'log'], ['4', 'state']]);
    expect(around.calls.slice(0, 3).map(({ headers }) => headers.get('Last-Event-ID'))).toEqual([null, '2', '2']);
    expect(around.calls[2]?.url.searchParams.get('after')).toBe('2');
    expect(around.waits.slice(0, 2)).toEqual([1000, 2000]);
  });

  it('gives each topic its own events over one connection', async () => {
    const text = state(1, 'r1', 'running') + 'id: 2\nevent: progress\ndata: {"run":"r1","done":1,"total":2}\n\n' + state(3, 'r2', 'done');
    const around = surroundings([() => stream(text)]);
    const events = new EventStream('/api/v1/w/x', around);
    const runs: unknown[] = [];
    const one: unknown[] = [];
    events.subscribe('runs', (event) => runs.push(event.id));
    events.subscribe('run:r1', (event) => one.push(event.id));
    await settled();
    events.close();
    expect(around.calls[0]?.url.searchParams.get('topics')).toBe('run:r1,runs');
    expect(runs).toEqual(['1', '3']);
    expect(one).toEqual(['1', '2']);
  });

  it('stops when nobody is signed in, and when nobody listens', async () => {
    const around = surroundings([() => stream('', 401)]);
    const events = new EventStream('/api/v1/w/x', around);
    const leave = events.subscribe('runs', () => {});
    await settled();
    expect(around.calls.length).toBe(1);
    leave();
    await settled();
    expect(around.calls.length).toBe(1);
  });

  it('is not upset by an event that cannot be read', async () => {
    const around = surroundings([() => stream('id: 1\nevent: state\ndata: {half\n\n' + state(2, 'r1', 'done'))]);
    const events = new EventStream('/api/v1/w/x', around);
    const seen: string[] = [];
    events.subscribe('run:r1', (event) => seen.push(event.id));
    await settled();
    events.close();
    expect(seen).toEqual(['2']);
  });
});
