// Bytes of the first load as they cross the wire, and of each page that is loaded later.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Findings, open, studio, watched } from './harness.mjs';
import { routesOf } from './routes.mjs';

const FIRST = 250 * 1024;
const LATER = 60 * 1024;

/** Bytes of the files that a page fetches. A folder given by --assets is served as it is: there the packed twin counts. */
async function weigh(page, act) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const paths = new Map();
  const packed = new Set();
  let bytes = 0;
  session.on('Network.responseReceived', ({ requestId, response }) => {
    paths.set(requestId, new URL(response.url).pathname);
    const names = Object.keys(response.headers).map((name) => name.toLowerCase());
    if (names.includes('content-encoding')) packed.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const path = paths.get(requestId);
    if (path === undefined || path.startsWith('/api/')) return;
    const twin = join(studio, 'dist', `${path.includes('.') ? path : '/index.html'}.br`);
    bytes += !packed.has(requestId) && existsSync(twin) ? statSync(twin).size : encodedDataLength;
  });
  await act();
  await page.waitForTimeout(300);
  await session.detach();
  return bytes;
}

export async function weight(browser, server) {
  const findings = new Findings('weight');
  const place = await browser.context();
  const { page } = await watched(place, server.origin);
  await open(page, `${server.origin}/w/${server.workspace}`);
  const routes = (await routesOf(page, server)).filter((route) => !route.missing);
  await place.close();
  const told = [];
  for (const route of routes) {
    const fresh = await browser.context();
    const { page: cold } = await watched(fresh, server.origin);
    // Routing switches the browser's cache off; each file of a cold load then counts once, as for a first visitor.
    const first = await weigh(cold, () => open(cold, new URL(route.path, server.origin).href));
    told.push(`${route.name} ${(first / 1024).toFixed(0)}`);
    findings.check(
      first <= FIRST + (route.name === 'overview' ? 0 : LATER),
      `weight: ${route.name} loads ${(first / 1024).toFixed(1)} KB`,
    );
    if (route.name === 'overview')
      findings.check(first <= FIRST, `weight: the first load is ${(first / 1024).toFixed(1)} KB, more than 250`);
    await fresh.close();
  }
  findings.note = `KB over the wire: ${told.join(', ')}`;
  return findings;
}
