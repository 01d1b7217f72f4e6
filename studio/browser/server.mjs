// A server on a copy of the demo's workspace, and a browser signed in to it.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const top = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.ASSAY ?? join(top, 'build/release/bin/assay');

/** A workspace of its own, with the demo's plan run in it. */
export function makeWorkspace() {
  const parent = mkdtempSync(join(tmpdir(), 'assay-studio-'));
  const folder = join(parent, 'mortgage');
  for (const name of ['assay.yaml', 'boston_hmda.csv']) cpSync(join(top, 'examples/mortgage', name), join(folder, name));
  const ran = spawnSync(binary, ['run', 'assay.yaml', '--quiet'], { cwd: folder, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`assay run failed: ${ran.stderr || ran.stdout || ran.error}`);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

async function firstLine(child) {
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  throw new Error('assay studio ended before it printed its address');
}

/** `assay studio` on a free port (or the one given), serving studio/dist. */
export async function startServer(folder, port = 0) {
  const args = ['studio', '--no-open', '--port', String(port), '--assets', process.env.DIST ?? join(top, 'studio/dist')];
  const child = spawn(binary, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const link = new URL(await firstLine(child));
  const stop = () =>
    new Promise((done) => {
      if (child.exitCode !== null) return done();
      child.once('exit', done);
      child.kill('SIGTERM');
    });
  return { link: link.href, base: link.origin, port: Number(link.port), stop };
}

/** The token of this machine's user: requests with it need no cookie. */
export function bearerOf(folder) {
  return JSON.parse(readFileSync(join(folder, '.assay/server.json'), 'utf8')).token;
}

export function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}; set CHROMIUM`);
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({ executablePath, args });
}

/** Notes what a page must not do: write errors, throw, or ask another host. */
export function watch(page, base) {
  const found = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== base) found.push(`another host: ${request.url()}`);
  });
  return found;
}
