import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, errorOf, forget, get, passing, post } from './client';
import { connection } from './connection';

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };
let asked: { path: string; init: RequestInit }[] = [];
let answers: Record<string, Answer[]> = {};

function respond({ status = 200, body = {}, headers = {} }: Answer): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(status === 304 ? null : text, { status, headers });
}

beforeEach(() => {
  asked = [];
  answers = { '/api/v1/me': [{ body: { csrf: 'c1', user: 'ada' } }, { body: { csrf: 'c2', user: 'ada' } }] };
  forget();
  connection.signedIn();
  vi.stubGlobal('fetch', (path: string, init: RequestInit = {}) => {
    asked.push({ path, init });
    const next = answers[path]?.shift();
    return next ? Promise.resolve(respond(next)) : Promise.reject(new TypeError('refused'));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  connection.signedIn();
});

const headersOf = (at: number): Headers => new Headers(asked[at]?.init.headers);

describe('reading', () => {
  it('gives the same object for an unchanged view', async () => {
    answers['/x'] = [{ body: { a: 1 }, headers: { ETag: '"e1"' } }, { status: 304 }, { body: { a: 2 }, headers: { ETag: '"e2"' } }];
    const first = await get('/x');
    const second = await get('/x');
    expect(second).toBe(first);
    expect(headersOf(1).get('If-None-Match')).toBe('"e1"');
    expect(await get('/x')).toEqual({ a: 2 });
  });

  it('makes an error of a problem document', async () => {
    const problem = { type: 'urn:assay:error:not-found', title: 'not found', status: 404, detail: 'no model is called "x"', where: 'model', fix: 'see `assay model list`', code: 'not-found' };
    answers['/x'] = [{ status: 404, body: problem }];
    const error = await get('/x').catch((each: unknown) => each);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).problem).toEqual(problem);
    expect(passing(error)).toBe(false);
  });

  it('survives an error that is not JSON', async () => {
    const error = await errorOf(new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
    expect([error.status, error.code]).toEqual([502, 'unavailable']);
    expect(error.problem.detail).toContain('502');
  });

  it('notes a silent server and a stranger', async () => {
    const error = (await get('/nobody').catch((each: unknown) => each)) as ApiError;
    expect([error.status, error.code]).toEqual([0, 'unavailable']);
    expect(connection.get().link).toBe('lost');
    connection.signedIn();
    answers['/x'] = [{ status: 401, body: {} }];
    await get('/x').catch(() => {});
    expect(connection.get().link).toBe('signed-out');
  });
});

describe('sending', () => {
  it('carries the token of the session and says which run does it', async () => {
    answers['/p'] = [{ status: 202, body: { run: 'r1' }, headers: { Location: '/api/v1/w/x/runs/r1' } }];
    const { run, status } = await post('/p', { plan: 'assay.yaml' }, { respondAsync: true, key: 'k' });
    expect([run, status]).toEqual(['r1', 202]);
    expect(headersOf(1).get('X-Assay-CSRF')).toBe('c1');
    expect(headersOf(1).get('Prefer')).toBe('respond-async');
    expect(headersOf(1).get('Idempotency-Key')).toBe('k');
    expect(asked[1]?.init.body).toBe('{"plan":"assay.yaml"}');
  });

  it('fetches a new token once when the old one is refused', async () => {
    answers['/p'] = [{ status: 403, body: { code: 'permission-denied' } }, { body: { ok: true }, headers: { 'X-Assay-Cached': 'true', 'X-Assay-Run': 'r2' } }];
    expect(await post('/p', {})).toMatchObject({ body: { ok: true }, cached: true, run: 'r2' });
    expect(asked.map(({ path }) => path)).toEqual(['/api/v1/me', '/p', '/api/v1/me', '/p']);
    expect(headersOf(3).get('X-Assay-CSRF')).toBe('c2');
  });

  it('gives up when it is refused again', async () => {
    answers['/p'] = [{ status: 403 }, { status: 403, body: { code: 'permission-denied', detail: 'you lack write' } }];
    await expect(post('/p', {})).rejects.toMatchObject({ message: 'you lack write' });
  });
});
