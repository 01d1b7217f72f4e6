// What people do with a server that they may lose: sign in, run a plan and watch it, reload in between, follow a mark to its
// evidence, cancel, read why a plan cannot run. On a server of its own, since it stops it.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Findings, settled, startServer, watched } from './harness.mjs';

/** A plan that takes some seconds: the demo's rows, many times over. */
function addBigPlan(folder) {
  const [head, ...rows] = readFileSync(join(folder, 'boston_hmda.csv'), 'utf8').trimEnd().split('\n');
  const file = join(folder, 'big.csv');
  writeFileSync(file, `${head}\n`);
  for (let i = 0; i < 150; i++) appendFileSync(file, `${rows.join('\n')}\n`);
  const plan = readFileSync(join(folder, 'assay.yaml'), 'utf8')
    .replace('boston_hmda.csv', 'big.csv')
    .replace('name: mortgage', 'name: big');
  writeFileSync(join(folder, 'big.yaml'), plan);
}

async function startPlan(page, plan, refresh) {
  await page.click('.head-actions .button-primary');
  await page.check(`dialog[open] label:has-text("${plan}") input`);
  if (refresh) await page.check('dialog[open] input[type=checkbox]');
  await page.click('dialog[open] button[type=submit]');
}

async function signIn(page, server, findings) {
  await page.goto(`${server.origin}/w/mortgage/runs?state=done`);
  await page.fill('#token', server.link);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.table');
  findings.check(page.url().endsWith('/w/mortgage/runs?state=done'), `journeys: signing in led to ${page.url()}`);
}

async function fromKeyToKey(page, findings) {
  const places = [
    ['o', 'Overview'],
    ['d', 'Data sets'],
    ['r', 'Runs'],
    ['e', 'Fairness'],
    ['l', 'Lineage'],
    ['a', 'Audit log'],
    ['m', 'mortgage'],
  ];
  for (const [key, word] of places) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForSelector(`h1:focus:has-text("${word}")`);
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type('audit');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/audit$/);
  findings.check(true, '');
}

async function markToEvidence(page, server, findings) {
  await page.goto(`${server.origin}/w/mortgage/models/mortgage/1`);
  await page.focus('.hallmark-row button >> nth=0');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.hallmark-panel .rules');
  findings.check(page.url().includes('mark=fair'), 'journeys: the mark is not in the address');
  await page.focus('.hallmark-panel .rule-evidence a >> nth=0');
  await page.keyboard.press('Enter');
  await page.waitForSelector('h1:has-text("Fairness")');
  await page.goBack();
  await page.waitForSelector('.hallmark-panel .rules');
}

async function watchRun(page, server, findings) {
  await page.goto(`${server.origin}/w/mortgage`);
  await startPlan(page, 'big.yaml', false);
  await page.waitForURL(/\/runs\/[0-9a-f]{32}/);
  await page.waitForSelector('.run-progress');
  await page.waitForSelector('.steps li');
  await page.reload();
  await page.waitForSelector('.run-progress');
  await page.waitForSelector('.steps li');
  await page.waitForSelector('.rules', { timeout: 180_000 });
  await settled(page);
  const steps = await page.locator('.steps li').count();
  findings.check(steps === 12, `journeys: the run shows ${steps} steps`);
}

async function cancelRun(page, server, findings) {
  await page.goto(`${server.origin}/w/mortgage/runs`);
  await startPlan(page, 'big.yaml', true);
  await page.click('.button-danger');
  await page.waitForSelector('.error-warn', { timeout: 60_000 });
  findings.check(
    (await page.locator('.button-danger').count()) === 0,
    'journeys: a cancelled run can still be cancelled',
  );
}

async function planThatFails(page, server, findings) {
  const plan = readFileSync(join(server.folder, 'assay.yaml'), 'utf8').replace('boston_hmda.csv', 'nothing.csv');
  writeFileSync(join(server.folder, 'wrong.yaml'), plan);
  await page.goto(`${server.origin}/w/mortgage`);
  await startPlan(page, 'wrong.yaml', false);
  await page.waitForSelector('.error', { timeout: 20_000 });
  const words = await page.innerText('.error');
  findings.check(words.includes('nothing.csv'), `journeys: the error does not name the file: ${words}`);
}

async function serverGoesAndComes(page, server, findings) {
  await page.goto(`${server.origin}/w/mortgage/runs`);
  await page.waitForSelector('.table');
  await server.stop({ keep: true });
  await page.waitForSelector('.banner', { timeout: 60_000 });
  findings.check((await page.locator('tbody tr').count()) > 0, 'journeys: what was on the page went with the server');
  const next = await startServer({ again: server });
  try {
    await page.waitForSelector('.banner', { state: 'detached', timeout: 60_000 });
    await page.waitForSelector('.sign-in, .table'); // the sessions of the first are gone with it
  } finally {
    await next.stop();
  }
}

/** The journeys one after the other; `browser` as startBrowser() gives it. */
export async function journeys(browser) {
  const findings = new Findings('journeys');
  const server = await startServer();
  addBigPlan(server.folder);
  const context = await browser.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const { page, take } = await watched(context, server.origin);
  const parts = { signIn, fromKeyToKey, markToEvidence, watchRun, cancelRun, planThatFails, serverGoesAndComes };
  for (const [name, part] of Object.entries(parts)) {
    try {
      await (name === 'signIn' || part.length === 3 ? part(page, server, findings) : part(page, findings));
      // Refusals are what signing in and failing are about; a server that is gone refuses everything.
      const expected = /status of 4\d\d|CONNECTION_REFUSED|ERR_/;
      if (name !== 'serverGoesAndComes')
        findings.add(
          `journeys ${name}`,
          (await take()).filter((fault) => !expected.test(fault)),
        );
    } catch (error) {
      findings.check(false, `journeys ${name}: ${error.message.split('\n')[0]}`);
    }
  }
  await context.close();
  await server.stop();
  return findings;
}
