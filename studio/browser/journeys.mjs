// What people do, by keyboard where a keyboard does it: sign in, run the plan and watch it, reload in between, follow a mark
// to its evidence, cancel, lose the server and get it back, send somebody a link.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeWorkspace, startBrowser, startServer, watch } from './server.mjs';

const workspace = makeWorkspace();
let server = await startServer(workspace.folder);
const browser = await startBrowser();
let failed = 0;

/** A plan that takes some seconds: the demo's rows, many times over. */
function addBigPlan() {
  const [head, ...rows] = readFileSync(join(workspace.folder, 'boston_hmda.csv'), 'utf8').trimEnd().split('\n');
  const file = join(workspace.folder, 'big.csv');
  writeFileSync(file, `${head}\n`);
  for (let i = 0; i < 150; i++) appendFileSync(file, `${rows.join('\n')}\n`);
  const plan = readFileSync(join(workspace.folder, 'assay.yaml'), 'utf8').replace('boston_hmda.csv', 'big.csv').replace('name: mortgage', 'name: big');
  writeFileSync(join(workspace.folder, 'big.yaml'), plan);
}

async function step(name, work) {
  const began = Date.now();
  try {
    await work();
    console.log(`ok    ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed++;
    console.error(`FAIL  ${name}: ${error.message}`);
  }
}

function same(given, wanted) {
  if (given !== wanted) throw new Error(`${JSON.stringify(given)} is not ${JSON.stringify(wanted)}`);
}

async function startPlan(page, plan, refresh) {
  await page.click('.head-actions .button-primary');
  await page.check(`dialog[open] label:has-text("${plan}") input`);
  if (refresh) await page.check('dialog[open] input[type=checkbox]');
  await page.click('dialog[open] button[type=submit]');
  await page.waitForURL(/\/runs\/[0-9a-f]{32}/);
}

try {
  addBigPlan();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const at = (path) => server.base + path;

  await step('a stranger is asked to sign in, and comes back to the view', async () => {
    await page.goto(at('/w/mortgage/runs?state=done'));
    await page.fill('#token', server.link);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.table');
    same(page.url(), at('/w/mortgage/runs?state=done'));
  });
  const found = watch(page, server.base);

  await step('keys lead from page to page and put the focus on the title', async () => {
    for (const [key, word] of [['o', 'Overview'], ['d', 'Data sets'], ['r', 'Runs'], ['e', 'Fairness'], ['l', 'Lineage'], ['a', 'Audit log'], ['m', 'mortgage']]) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.waitForSelector(`h1:focus:has-text("${word}")`);
    }
  });

  await step('the palette finds a page', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('audit');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/audit$/);
  });

  await step('a punch mark opens its rules, they lead to the evidence', async () => {
    await page.goto(at('/w/mortgage/models/mortgage/1'));
    await page.focus('.hallmark-row button >> nth=0');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.hallmark-panel .rules');
    same(new URL(page.url()).searchParams.get('mark'), 'fair');
    await page.focus('.hallmark-panel .rule-evidence a >> nth=0');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("Fairness")');
    await page.goBack();
    await page.waitForSelector('.hallmark-panel .rules');
  });

  await step('a plan runs before your eyes and survives a reload', async () => {
    await page.goto(at('/w/mortgage'));
    await startPlan(page, 'big.yaml', false);
    await page.waitForSelector('.run-progress');
    await page.waitForSelector('.steps li');
    await page.reload();
    await page.waitForSelector('.run-progress');
    await page.waitForSelector('.steps li');
    await page.waitForSelector('.rules', { timeout: 120_000 });
    same(await page.locator('.steps li').count(), 12);
  });

  await step('a run is cancelled and says so', async () => {
    await page.goto(at('/w/mortgage/runs'));
    await startPlan(page, 'big.yaml', true);
    await page.click('.button-danger');
    await page.waitForSelector('.error-warn', { timeout: 60_000 });
  });

  await step('a plan that cannot run tells why and what to do', async () => {
    const plan = readFileSync(join(workspace.folder, 'assay.yaml'), 'utf8').replace('boston_hmda.csv', 'nothing.csv');
    writeFileSync(join(workspace.folder, 'wrong.yaml'), plan);
    await page.goto(at('/w/mortgage'));
    await page.click('.head-actions .button-primary');
    await page.check('dialog[open] label:has-text("wrong.yaml") input');
    await page.click('dialog[open] button[type=submit]');
    await page.waitForSelector('.error', { timeout: 10_000 });
    if (!(await page.textContent('.error')).includes('nothing.csv')) throw new Error('the file is not named');
  });

  await step('nothing went wrong in the console', () => same(found.filter((each) => !/status of 4\d\d/.test(each)).join('; '), ''));

  await step('a link shows the same view to somebody else', async () => {
    await page.goto(at('/w/mortgage/runs?operation=gate.check&steps=1&lang=ja&theme=dark'));
    await page.waitForSelector('.table');
    const other = await context.newPage();
    await other.goto(page.url());
    await other.waitForSelector('.table');
    same(await other.textContent('h1'), await page.textContent('h1'));
    same(await other.locator('tbody tr').count(), await page.locator('tbody tr').count());
    same(await other.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dataset.theme}`), 'ja dark');
    await other.close();
  });

  await step('the server goes and comes back', async () => {
    await page.goto(at('/w/mortgage/runs?lang=en'));
    await page.waitForSelector('.table');
    const { port } = server;
    await server.stop();
    await page.waitForSelector('.banner', { timeout: 45_000 });
    if ((await page.locator('tbody tr').count()) === 0) throw new Error('what was there is gone');
    server = await startServer(workspace.folder, port);
    await page.waitForSelector('.banner', { state: 'detached', timeout: 60_000 });
    // The sessions of the old server are gone with it.
    await page.waitForSelector('.sign-in, .table');
  });
} finally {
  await browser.close();
  await server.stop();
  workspace.remove();
}
process.exit(failed ? 1 : 0);
