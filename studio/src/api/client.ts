// Requests to the server: same-origin JSON with the session's cookie. Unsafe methods carry the CSRF token of /me; every
// answer that is not one becomes an ApiError made of the problem document; reads are kept by ETag, so that an unchanged
// view is the same object and nothing is drawn again.
import { connection } from './connection';
import type { Me, Problem } from './types';

export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }
  get status(): number {
    return this.problem.status;
  }
  get code(): string {
    return this.problem.code;
  }
}

const KEPT = 200;
const cache = new Map<string, { etag: string; body: unknown }>();
let me: Promise<Me> | null = null;

function problem(status: number, code: string, detail: string, fix?: string): Problem {
  return { type: `urn:assay:error:${code}`, title: code, status, detail, code, ...(fix ? { fix } : {}) };
}

/** The error that a failed answer stands for, whatever its body is. */
export async function errorOf(response: Response): Promise<ApiError> {
  const code = response.status === 401 || response.status === 403 ? 'permission-denied' : response.status === 404 ? 'not-found' : 'unavailable';
  const fallback = problem(response.status, code, `the server answered ${response.status} ${response.statusText}`.trim());
  try {
    const body = (await response.json()) as Partial<Problem>;
    return new ApiError({ ...fallback, ...body, status: response.status });
  } catch {
    return new ApiError(fallback);
  }
}

/** Whether it is worth asking again without a person doing something. */
export function passing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 503 || error.status === 429);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  // A stranger asks only who he is: the rest would be refused, one line in the console each.
  if (connection.get().link === 'signed-out' && path !== '/api/v1/me') throw new ApiError(problem(401, 'permission-denied', 'nobody is signed in'));
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    connection.lost();
    throw new ApiError(problem(0, 'unavailable', 'the server does not answer'));
  }
  if (response.status === 401) {
    me = null;
    connection.signedOut();
  } else connection.signedIn();
  return response;
}

/** Reads JSON; an unchanged answer (304) gives the object of the time before. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const known = cache.get(path);
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (known) headers['If-None-Match'] = known.etag;
  const response = await send(path, { headers, ...(signal ? { signal } : {}) });
  if (response.status === 304 && known) return known.body as T;
  if (!response.ok) throw await errorOf(response);
  const body = (await response.json()) as T;
  const etag = response.headers.get('ETag');
  cache.delete(path);
  if (etag) {
    cache.set(path, { etag, body });
    if (cache.size > KEPT) cache.delete(cache.keys().next().value as string);
  }
  return body;
}

/** Reads text, whatever its media type. */
export async function getText(path: string, accept: string, signal?: AbortSignal): Promise<string> {
  const response = await send(path, { headers: { Accept: accept }, ...(signal ? { signal } : {}) });
  if (!response.ok) throw await errorOf(response);
  return response.text();
}

/** Who is signed in, asked once per session. */
export function whoAmI(): Promise<Me> {
  me ??= get<Me>('/api/v1/me').catch((error: unknown) => {
    me = null;
    throw error;
  });
  return me;
}

export interface Posted<T> {
  status: number;
  body: T;
  /** the run that does it, where it goes on after the answer (202) or was kept with it */
  run: string | null;
  cached: boolean;
}

/** Sends JSON. A stale CSRF token (the server was started anew) is fetched again once. */
export async function post<T>(path: string, body: unknown, options: { respondAsync?: boolean; key?: string } = {}): Promise<Posted<T>> {
  for (let attempt = 0; ; attempt++) {
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'X-Assay-CSRF': (await whoAmI()).csrf,
    };
    if (options.respondAsync) headers['Prefer'] = 'respond-async';
    if (options.key) headers['Idempotency-Key'] = options.key;
    const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.status === 403 && attempt === 0) {
      me = null;
      continue;
    }
    if (!response.ok) throw await errorOf(response);
    const answer = (await response.json()) as T & { run?: string };
    const run = response.headers.get('X-Assay-Run') ?? (response.status === 202 ? (answer.run ?? null) : null);
    return { status: response.status, body: answer, run, cached: response.headers.get('X-Assay-Cached') === 'true' };
  }
}

/** Forgets everything that was read; after signing in again as somebody else nothing of before may show. */
export function forget(): void {
  cache.clear();
  me = null;
}
