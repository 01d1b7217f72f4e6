// A live server on a copy of the example, a browser that is signed in, and pages that remember all that went wrong.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const studio = resolve(here, '..');
export const repository = resolve(studio, '..');
export const pictures = join(repository, 'build', 'screenshots');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browserArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--force-color-profile=srgb',
];

/** Starts the server on a copy of the example; returns its address, the first link and how to end it. With `again` (what an
 * ended server returned) it starts on the same folder and port. */
export async function startServer({ again } = {}) {
  const assay = resolve(studio, process.env.ASSAY ?? '../build/release/bin/assay');
  if (!existsSync(assay)) throw new Error(`no server at ${assay}: name it in ASSAY`);
  const room = again ? dirname(again.folder) : mkdtempSync(join(tmpdir(), 'assay-studio-'));
  const folder = join(room, 'mortgage');
  if (!again) cpSync(join(repository, 'examples', 'mortgage'), folder, { recursive: true });
  rmSync(join(folder, '.assay', 'server.json'), { force: true });
  if (!existsSync(join(folder, '.assay'))) execFileSync(assay, ['run'], { cwd: folder, stdio: 'ignore' });
  const assets = process.env.ASSAY_ASSETS ?? join(studio, 'dist');
  const options = [
    'studio',
    '--no-open',
    '--port',
    again ? new URL(again.origin).port : '0',
    ...(assets === 'embedded' ? [] : ['--assets', resolve(studio, assets)]),
  ];
  const child = spawn(assay, options, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const link = await new Promise((settle, fail) => {
    const late = setTimeout(() => fail(new Error(`the server gave no link in 20 s: ${said}`)), 20_000);
    const read = (bytes) => {
      said += bytes;
      const found = /https?:\/\/\S+\?token=\S+/.exec(said);
      if (!found) return;
      clearTimeout(late);
      settle(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => fail(new Error(`the server ended with ${code}: ${said}`)));
  });
  child.stdout.resume();
  child.stderr.resume();
  const stop = async ({ keep = false } = {}) => {
    child.removeAllListeners('exit');
    const gone = new Promise((settle) => child.once('exit', settle));
    child.kill('SIGTERM');
    await Promise.race([gone, new Promise((settle) => setTimeout(settle, 5000))]);
    if (child.exitCode === null) child.kill('SIGKILL');
    if (!keep) rmSync(room, { recursive: true, force: true });
  };
  return { origin: new URL(link).origin, link, folder, stop, workspace: 'mortgage' };
}

/** A browser whose contexts are signed in by one link's cookie. */
export async function startBrowser(server) {
  const browser = await chromium.launch({ executablePath: browserPath, args: browserArguments });
  const first = await browser.newContext();
  const page = await first.newPage();
  await page.goto(server.link);
  await page.waitForSelector('h1');
  if (page.url().includes('token=')) throw new Error('the token stays in the address');
  const storageState = await first.storageState();
  await first.close();
  mkdirSync(pictures, { recursive: true });
  const context = (options = {}) =>
    browser.newContext({ storageState, reducedMotion: 'reduce', locale: 'en-GB', ...options });
  return { browser, context, close: () => browser.close() };
}

/** A page that notes console errors, exceptions, policy violations and requests to any other host. */
export async function watched(context, origin) {
  const page = await context.newPage();
  const faults = [];
  countRequests(page);
  await page.addInitScript({ content: axeSource });
  await page.addInitScript(() => {
    globalThis.__violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      globalThis.__violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      faults.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('response', async (response) => {
    if (response.status() < 500) return;
    const body = await response.text().catch(() => '');
    faults.push(`${response.status()} for ${response.url()}: ${body.slice(0, 300)}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  await page.route('**/*', (route) => {
    const { protocol, origin: host } = new URL(route.request().url());
    if (host === origin || protocol === 'blob:' || protocol === 'data:') return route.continue();
    faults.push(`foreign request: ${route.request().url()}`);
    return route.abort();
  });
  const take = async () => {
    const violations = await page.evaluate(() => globalThis.__violations.splice(0));
    return [...faults.splice(0), ...violations.map((text) => `policy: ${text}`)];
  };
  return { page, take };
}

const pending = new WeakMap();

/** Keeps the number of requests under way; the stream of events never ends and does not count. */
function countRequests(page) {
  const open = new Set();
  const state = { open, quietSince: Date.now() };
  pending.set(page, state);
  page.on('request', (request) => {
    if (!/\/events(\?|$)/.test(request.url())) open.add(request);
  });
  const done = (request) => {
    open.delete(request);
    state.quietSince = Date.now();
  };
  page.on('requestfinished', done);
  page.on('requestfailed', done);
}

async function quiet(page) {
  const state = pending.get(page);
  const end = Date.now() + 15_000;
  while (state && Date.now() < end && (state.open.size > 0 || Date.now() - state.quietSince < 120))
    await page.waitForTimeout(30);
}

/** Opens an address and waits until the page is drawn: a title and no skeleton. */
export async function open(page, address) {
  await page.goto(address, { waitUntil: 'load' });
  await settled(page);
}

export async function settled(page) {
  await page.waitForSelector('main h1', { timeout: 15_000 });
  await quiet(page);
  await page.waitForFunction(drawn, null, { polling: 50, timeout: 15_000 });
  await page.evaluate(() => document.fonts.ready.then(() => true));
}

function drawn() {
  const busy = document.querySelector('.skeleton, [aria-busy="true"]');
  const empty = document.querySelector('main')?.textContent?.trim() === '';
  return !busy && !empty;
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds, one line per rule and place. */
export async function axe(page) {
  const found = await page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: { type: 'tag', values: tags },
      resultTypes: ['violations'],
    });
    return violations.map(
      (rule) =>
        `axe ${rule.id}: ${rule.nodes
          .slice(0, 3)
          .map((node) => node.target.join(' '))
          .join(' | ')} (${rule.nodes.length})`,
    );
  }, TAGS);
  return found;
}

/** How far the page runs over the right edge, in pixels, with what runs over. */
export async function overflow(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const over = root.scrollWidth - root.clientWidth;
    if (over <= 0) return [];
    const wide = [...document.querySelectorAll('main *, header *, nav *')].filter((element) => {
      if (element.getBoundingClientRect().right <= root.clientWidth + 1) return false;
      for (let at = element.parentElement; at && at !== root; at = at.parentElement) {
        if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX)) return false;
      }
      return true;
    });
    return [
      `runs ${over} px over the edge: ${wide
        .slice(0, 3)
        .map(
          (element) =>
            `${element.tagName.toLowerCase()}.${String(element.className.baseVal ?? element.className)
              .split(' ')
              .join('.')}`,
        )
        .join(', ')}`,
    ];
  });
}

/** Collects what is expected and what came: a part ends by throwing all that failed. */
export class Findings {
  constructor(part) {
    this.part = part;
    this.checks = 0;
    this.faults = [];
  }
  add(where, list) {
    this.checks += 1;
    for (const fault of list) this.faults.push(`${where}: ${fault}`);
  }
  check(holds, words) {
    this.checks += 1;
    if (!holds) this.faults.push(words);
  }
}
