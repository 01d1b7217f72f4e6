// Server-sent events over fetch: heartbeats are seen, 401 is told from silence, and the stream goes on where it broke
// (Last-Event-ID). One connection per tab carries all topics; where streams do not get through, it polls.
import { backoff, connection } from './connection';

export interface ServerEvent {
  id: string;
  event: string;
  data: unknown;
}
export type Listener = (event: ServerEvent) => void;

/** Splits a text/event-stream into events; `comment` is called for heartbeats. */
export class EventParser {
  private rest = '';
  private id = '';
  private event = '';
  private data: string[] = [];
  private afterReturn = false;
  retry: number | null = null;

  constructor(
    private readonly emit: (event: { id: string; event: string; data: string }) => void,
    private readonly comment: () => void = () => {},
  ) {}

  push(text: string): void {
    if (!text) return;
    // A line may end in CR, LF or CR LF, and the pair may be cut in two.
    if (this.afterReturn && text.startsWith('\n')) text = text.slice(1);
    this.afterReturn = text.endsWith('\r');
    const lines = (this.rest + text).split(/\r\n|\n|\r/);
    this.rest = lines.pop() as string;
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === '') {
      if (this.data.length) this.emit({ id: this.id, event: this.event || 'message', data: this.data.join('\n') });
      this.event = '';
      this.data = [];
      return;
    }
    if (line.startsWith(':')) return this.comment();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.event = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
  }
}

const SILENCE = 32_000; // two heartbeats missed
const POLL = 2_000;
const STREAM_TRIES = 3; // streams that break before their first byte; then poll

export interface Surroundings {
  fetch: typeof fetch;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

// Waits, but not longer than until the server is known to be back.
function waitOrReturn(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const unsubscribe = connection.subscribe((now, before) => {
      if (now.link === 'alive' && before.link === 'lost') done();
    });
    signal.addEventListener('abort', done, { once: true });
  });
}

const browser: Surroundings = { fetch: (...given) => fetch(...given), wait: waitOrReturn };

/** Every event of a workspace for whoever subscribed to its topic. Connected while somebody listens. */
export class EventStream {
  private readonly listeners = new Map<string, Set<Listener>>();
  private last = '';
  private going: AbortController | null = null;
  private restart = false;

  constructor(
    readonly base: string,
    private readonly around: Surroundings = browser,
  ) {}

  /** Topics: `runs` (states of every run) or `run:ID` (everything of one). */
  subscribe(topic: string, listener: Listener): () => void {
    const set = this.listeners.get(topic) ?? new Set();
    const fresh = set.size === 0;
    set.add(listener);
    this.listeners.set(topic, set);
    if (fresh) this.reconnect();
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(topic) === set) {
        this.listeners.delete(topic);
        this.reconnect();
      }
    };
  }

  /** Gives the connection back while nobody looks; reconnect() goes on where it stopped. */
  pause(): void {
    this.going?.abort();
    this.going = null;
  }

  close(): void {
    this.listeners.clear();
    this.going?.abort();
    this.going = null;
  }

  // Subscriptions of one render come in a burst: connect once, after it.
  reconnect(): void {
    if (this.restart) return;
    this.restart = true;
    queueMicrotask(() => {
      this.restart = false;
      this.going?.abort();
      this.going = null;
      if (this.listeners.size === 0 || connection.get().link === 'signed-out') return;
      const going = (this.going = new AbortController());
      void this.run(going.signal);
    });
  }

  private address(path: string): string {
    const topics = [...this.listeners.keys()].sort().join(',');
    const after = this.last ? `&after=${encodeURIComponent(this.last)}` : '';
    return `${this.base}/${path}?topics=${encodeURIComponent(topics)}${after}`;
  }

  private give(id: string, event: string, data: unknown): void {
    if (id) this.last = id;
    const run = topicOf(event, data);
    for (const [topic, set] of this.listeners) {
      const wanted = event === 'hello' || (topic === 'runs' ? event === 'state' : topic === `run:${run}`);
      if (wanted) for (const listener of [...set]) listener({ id, event, data });
    }
  }

  private async run(signal: AbortSignal): Promise<void> {
    let tries = 0;
    let barren = 0;
    while (!signal.aborted) {
      const got = barren < STREAM_TRIES ? await this.stream(signal) : await this.poll(signal);
      if (signal.aborted || got === 'signed-out') return;
      if (got === 'polled') {
        tries = 0;
        await this.around.wait(POLL, signal);
        continue;
      }
      if (got === 'flowed') tries = barren = 0;
      else if (got === 'mute') barren++;
      await this.around.wait(backoff(tries++), signal);
    }
  }

  // 'flowed': something came before it ended; 'mute': it opened and stayed silent; 'refused': no connection.
  private async stream(signal: AbortSignal): Promise<'flowed' | 'mute' | 'refused' | 'signed-out'> {
    const own = new AbortController();
    const stop = (): void => own.abort();
    signal.addEventListener('abort', stop, { once: true });
    let flowed = false;
    let answered = false;
    let timer = setTimeout(stop, SILENCE);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (this.last) headers['Last-Event-ID'] = this.last;
      const response = await this.around.fetch(this.address('events'), { headers, cache: 'no-store', credentials: 'same-origin', signal: own.signal });
      answered = true;
      if (response.status === 401) {
        connection.signedOut();
        return 'signed-out';
      }
      if (!response.ok || !response.body) return 'refused';
      connection.alive();
      const parser = new EventParser((event) => this.give(event.id, event.event, parsed(event.data)));
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        flowed = true;
        clearTimeout(timer);
        timer = setTimeout(stop, SILENCE);
        parser.push(decoder.decode(value, { stream: true }));
      }
    } catch {
      // broken: the caller waits and comes again
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
    // A stream that ends is taken up again quietly; silence, or nobody there, is worth a word.
    if (!signal.aborted && (own.signal.aborted || !answered)) connection.lost();
    return flowed ? 'flowed' : own.signal.aborted ? 'mute' : 'refused';
  }

  private async poll(signal: AbortSignal): Promise<'polled' | 'refused' | 'signed-out'> {
    try {
      const response = await this.around.fetch(this.address('events/poll'), { cache: 'no-store', credentials: 'same-origin', signal });
      if (response.status === 401) {
        connection.signedOut();
        return 'signed-out';
      }
      if (!response.ok) return 'refused';
      connection.alive();
      const answer = (await response.json()) as { items: ServerEvent[]; next: string | null };
      for (const item of answer.items) this.give(String(item.id), item.event, item.data);
      if (answer.next) this.last = answer.next;
      return 'polled';
    } catch {
      if (!signal.aborted) connection.lost();
      return 'refused';
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // an event that cannot be read is as good as none
  }
}

function topicOf(event: string, data: unknown): string {
  const fields = (data ?? {}) as Record<string, unknown>;
  return String((event === 'state' ? fields['id'] : fields['run']) ?? '');
}

const streams = new Map<string, EventStream>();
connection.subscribe((now, before) => {
  if (before.link === 'signed-out' && now.link === 'alive') for (const stream of streams.values()) stream.reconnect();
});

// A browser has six connections to a server, shared by all tabs: one that nobody has looked at for a minute lends its own.
const UNSEEN = 60_000;
let unseen: ReturnType<typeof setTimeout> | undefined;
if (typeof document !== 'undefined') {
  document.addEventListener('visibilitychange', () => {
    clearTimeout(unseen);
    if (document.hidden) {
      unseen = setTimeout(() => {
        for (const stream of streams.values()) stream.pause();
        unseen = undefined;
      }, UNSEEN);
    } else if (unseen === undefined) for (const stream of streams.values()) stream.reconnect();
    else unseen = undefined;
  });
}

/** The one stream of a workspace in this tab. */
export function eventsOf(workspace: string): EventStream {
  let stream = streams.get(workspace);
  if (!stream) streams.set(workspace, (stream = new EventStream(`/api/v1/w/${encodeURIComponent(workspace)}`)));
  return stream;
}
