import { describe, expect, it } from 'vitest';
import { localHref } from '../state/href';
import { fit } from './palette';
import { placeOf, routes } from './route';
import { tokenIn } from './sign_in';

const modules = Object.keys(import.meta.glob('../pages/*/*.page.tsx'));

describe('addresses', () => {
  it('has a page for every route', () => {
    expect(routes.map((route) => `../pages/${route.page}.page.tsx`).filter((file) => !modules.includes(file))).toEqual([]);
  });

  it.each([
    ['/w/x', 'overview', { ws: 'x' }],
    ['/w/x/', 'overview', { ws: 'x' }],
    ['/w/my%20lab/models/a%2Fb/3/evaluate/fairness', 'fairness', { ws: 'my lab', name: 'a/b', ver: '3' }],
    ['/w/x/evidence/sha256%3Aab', 'evidence', { ws: 'x', digest: 'sha256:ab' }],
    ['/w/x/data/%E0%A4%A/1', 'data-version', { ws: 'x', name: '%E0%A4%A', ver: '1' }],
  ])('reads %s', (path, key, params) => {
    const place = placeOf(path);
    expect([place.spec?.key, place.params]).toEqual([key, params]);
  });

  it('keeps the workspace of an unknown page', () => {
    expect(placeOf('/w/x/dta')).toEqual({ spec: null, params: { ws: 'x' } });
    expect(placeOf('/nowhere')).toEqual({ spec: null, params: {} });
    expect(placeOf('/w//data').spec).toBeNull();
  });

  it('follows only links to its own pages', () => {
    expect(localHref('x', '/w/y/data')).toBe('/w/y/data');
    expect(localHref('x', 'data/a/1')).toBe('/w/x/data/a/1');
    for (const bad of ['', 'https://evil.example/', '//evil.example', 'javascript:alert(1)', 'data:text/html,x']) expect(localHref('x', bad)).toBeNull();
  });
});

it('finds commands by a few letters', () => {
  expect(fit('', 'anything')).toBe(0);
  expect(fit('fair', 'Fairness')).toBeGreaterThan(fit('fair', 'file an error'));
  expect(fit('rp', 'Run the plan')).toBeGreaterThan(0);
  expect(fit('xyz', 'Fairness')).toBe(-1);
});

it('takes a token out of what was pasted', () => {
  expect(tokenIn(' http://127.0.0.1:8650/?token=Ab_-12345 ')).toBe('Ab_-12345');
  expect(tokenIn('D4ys6IpNqddb46Eaw6mnkkgQtL_1DjIzvIUZq7EGeBg')).toBe('D4ys6IpNqddb46Eaw6mnkkgQtL_1DjIzvIUZq7EGeBg');
  expect(tokenIn('no token here')).toBeNull();
});
