// A journey without a mouse: overview, data, filter, a column's chart and its table, fairness, a chart's points, its
// file, the lineage graph. Every key goes to whatever has the focus; nothing is clicked.
import { readFileSync } from 'node:fs';
import { Findings, open, settled, watched } from './harness.mjs';

const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return {
      tag: element?.tagName.toLowerCase() ?? '',
      text: (element?.getAttribute('aria-label') || element?.textContent || '').trim().slice(0, 200),
      outline: element ? getComputedStyle(element).outlineStyle : '',
    };
  });

/** Presses Tab until what has the focus satisfies the test; false after 200 stops. */
async function tabTo(page, test, key = 'Tab') {
  for (let i = 0; i < 200; i += 1) {
    await page.keyboard.press(key);
    if (await page.evaluate(test)) return true;
  }
  return false;
}

async function go(page, letter, part) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('g');
  await page.keyboard.press(letter);
  await page.waitForFunction((wanted) => location.pathname.includes(wanted), part, { polling: 50, timeout: 5000 });
  await settled(page);
}

async function dataPart(page, findings, path) {
  await go(page, 'd', '/data');
  await open(page, path);
  await page.keyboard.press('/');
  findings.check((await focused(page)).tag === 'input', 'keyboard: / does not reach the filter');
  await page.keyboard.type('pirat');
  await page.waitForFunction(() => document.querySelectorAll('.data-row').length === 1, null, {
    polling: 50,
    timeout: 5000,
  });
  findings.check(page.url().includes('q=pirat'), 'keyboard: the filter is not in the address');
  findings.check(
    await tabTo(page, () => document.activeElement?.classList.contains('data-open')),
    'keyboard: Tab does not reach the column',
  );
  await page.keyboard.press('Enter');
  await page.waitForSelector('.data-panel');
  findings.check(page.url().includes('column=pirat'), 'keyboard: the open column is not in the address');
  findings.check(
    await tabTo(page, () => document.activeElement?.classList.contains('chart-svg')),
    'keyboard: Tab does not reach the chart',
  );
  await page.keyboard.press('ArrowRight');
  const spoken = await page.evaluate(
    () => document.activeElement?.closest('.chart')?.querySelector('[aria-live]')?.textContent ?? '',
  );
  findings.check(/row/.test(spoken), `keyboard: the cursor says nothing (${spoken})`);
  await page.keyboard.press('t');
  findings.check(
    await page.evaluate(
      () => !!document.activeElement?.closest('.chart')?.querySelector('.chart-table:not([hidden]) table'),
    ),
    'keyboard: t opens no table',
  );
  await page.keyboard.press('Escape');
}

async function fairnessPart(page, findings) {
  await go(page, 'e', '/evaluate/fairness');
  findings.check(
    await tabTo(page, () => document.activeElement?.classList.contains('explain-button')),
    'keyboard: Tab does not reach an explanation',
  );
  await page.keyboard.press('Enter');
  findings.check(
    await page.evaluate(() =>
      [...document.querySelectorAll('.explain-text')].some((each) => !each.hidden && each.textContent.trim() !== ''),
    ),
    'keyboard: ? explains nothing',
  );
  findings.check(
    await tabTo(
      page,
      () =>
        document.activeElement?.classList.contains('fair-choice') &&
        document.activeElement.getAttribute('aria-pressed') === 'false',
    ),
    'keyboard: Tab does not reach the metrics',
  );
  await page.keyboard.press('Space');
  await page.waitForFunction(() => location.search.includes('metric='), null, { polling: 50, timeout: 5000 });
  findings.check(
    await tabTo(page, () => document.activeElement?.classList.contains('chart-svg')),
    'keyboard: Tab does not reach the interval chart',
  );
  const outline = (await focused(page)).outline;
  findings.check(outline !== 'none', 'keyboard: the focused chart shows no focus');
  await page.keyboard.press('End');
  await page.keyboard.press('x');
  await page.keyboard.press('Enter');
  findings.check(
    await tabTo(page, () => document.activeElement?.textContent === 'CSV'),
    'keyboard: Tab does not reach CSV',
  );
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 5000 }),
    page.keyboard.press('Enter'),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  findings.check(text.includes('# evidence: sha256:'), 'keyboard: the file does not say where its numbers come from');
}

async function lineagePart(page, findings) {
  await go(page, 'l', '/lineage');
  findings.check(
    await tabTo(page, () => document.activeElement?.hasAttribute('data-node')),
    'keyboard: Tab does not reach the graph',
  );
  const before = (await focused(page)).text;
  await page.keyboard.press('ArrowLeft');
  const after = (await focused(page)).text;
  findings.check(before !== after && after !== '', `keyboard: the arrow does not walk the graph (${before})`);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.search.includes('node='), null, { polling: 50, timeout: 5000 });
  const inside = await page.evaluate(() => {
    const box = document.activeElement.getBoundingClientRect();
    const sheet = document.activeElement.closest('.dag-sheet').getBoundingClientRect();
    return box.left >= sheet.left - 1 && box.right <= sheet.right + 1;
  });
  findings.check(inside, 'keyboard: the focused box is not in view');
  findings.check(
    await tabTo(page, () => document.activeElement?.getAttribute('role') === 'tab', 'Shift+Tab'),
    'keyboard: Shift+Tab does not reach the tabs',
  );
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('[role=tree]');
  findings.check(
    await tabTo(page, () => document.activeElement?.getAttribute('role') === 'treeitem'),
    'keyboard: Tab does not reach the outline',
  );
  const first = (await focused(page)).text;
  await page.keyboard.press('ArrowDown');
  findings.check((await focused(page)).text !== first, 'keyboard: the arrow does not walk the outline');
}

export async function keyboard(browser, server) {
  const findings = new Findings('keyboard');
  const place = await browser.context({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
  const { page, take } = await watched(place, server.origin);
  await page.addInitScript(() => {
    globalThis.__mouse = 0;
    addEventListener('pointerdown', () => (globalThis.__mouse += 1), true);
  });
  await open(page, `${server.origin}/w/${server.workspace}?lang=en`);
  const data = await page.evaluate(
    async (address) => (await (await fetch(address)).json()).items[0],
    `/api/v1/w/${server.workspace}/view/data`,
  );
  await dataPart(
    page,
    findings,
    `${server.origin}/w/${server.workspace}/data/${encodeURIComponent(data.name)}/${data.version}?lang=en`,
  );
  await fairnessPart(page, findings);
  await lineagePart(page, findings);
  findings.check((await page.evaluate(() => globalThis.__mouse)) === 0, 'keyboard: a mouse event slipped in');
  findings.add('keyboard', await take());
  await place.close();
  return findings;
}
