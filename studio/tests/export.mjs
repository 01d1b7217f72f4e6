// A chart as files: the SVG stands alone (opened from file: with the network off), the PNG has the size asked for, the
// CSV says where its numbers come from.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Findings, open, pictures, watched } from './harness.mjs';
import { routesOf } from './routes.mjs';

async function save(page, chart, kind, scale) {
  await chart.locator('.chart-export > button').click();
  if (scale) await chart.locator('.chart-menu select').selectOption(String(scale));
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 10_000 }),
    chart.locator('.chart-menu').getByRole('button', { name: kind, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function checkSvg(browser, file, title, findings, where) {
  const text = file.bytes.toString('utf8');
  findings.check(
    text.includes('<title>') && text.includes('<desc>') && text.includes('<metadata>'),
    `${where}: the SVG lacks title, desc or metadata`,
  );
  findings.check(/<text[^>]*>/.test(text) && text.includes(title), `${where}: text is not text in the SVG`);
  findings.check(
    !/style=|var\(--|class=|href=|url\((?!#)/.test(text),
    `${where}: the SVG depends on something outside`,
  );
  const path = join(pictures, `export-${where.replaceAll(' ', '-')}.svg`);
  writeFileSync(path, file.bytes);
  const alone = await browser.browser.newContext({ offline: true });
  const page = await alone.newPage();
  const faults = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('request', (request) => request.url().startsWith('file:') || faults.push(`request ${request.url()}`));
  await page.goto(pathToFileURL(path).href);
  const size = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    marks: document.querySelectorAll('path, rect, circle').length,
  }));
  findings.check(size.marks > 3, `${where}: the SVG alone draws nothing`);
  await page.screenshot({ path: path.replace(/svg$/, 'svg.png') });
  findings.add(where, faults);
  await alone.close();
  const box = /<svg[^>]*\bwidth="(\d+)"[^>]*\bheight="(\d+)"/.exec(text);
  return box ? { width: Number(box[1]), height: Number(box[2]) } : null;
}

function checkCsv(file, findings, where, concluded) {
  const lines = file.bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\r\n');
  const head = lines.filter((line) => line.startsWith('#'));
  // Lineage is read from the store and has no evidence of its own.
  if (concluded)
    findings.check(
      head.some((line) => line.startsWith('# evidence: sha256:')),
      `${where}: the CSV does not name its evidence`,
    );
  if (concluded)
    findings.check(
      head.some((line) => line.startsWith('# code: ')),
      `${where}: the CSV does not name the code`,
    );
  findings.check(lines.length > head.length + 2, `${where}: the CSV has no rows`);
}

export async function chartExport(browser, server) {
  const findings = new Findings('export');
  const place = await browser.context({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  const { page, take } = await watched(place, server.origin);
  await open(page, `${server.origin}/w/${server.workspace}`);
  const routes = await routesOf(page, server);
  for (const [name, language] of [
    ['fairness', 'en'],
    ['fairness', 'ja'],
    ['data-column', 'en'],
    ['lineage', 'en'],
  ]) {
    const url = new URL(routes.find((route) => route.name === name).path, server.origin);
    url.searchParams.set('lang', language);
    await open(page, url.href);
    const charts = page.locator('figure.chart');
    const count = await charts.count();
    findings.check(count > 0, `${name}: no chart to export`);
    for (let i = 0; i < Math.min(count, 7); i += 1) {
      const chart = charts.nth(i);
      const where = `${name} ${language} ${i + 1}`;
      const title = (await chart.getAttribute('aria-label')) ?? '';
      const svg = await save(page, chart, 'SVG');
      const size = await checkSvg(browser, svg, title.replaceAll('&', '&amp;'), findings, where);
      checkCsv(await save(page, chart, 'CSV'), findings, where, name !== 'lineage');
      for (const scale of i === 0 ? [1, 4] : [2]) {
        const png = await save(page, chart, 'PNG', scale);
        const wide = png.bytes.readUInt32BE(16);
        findings.check(
          png.bytes.subarray(1, 4).toString() === 'PNG' && size !== null && wide === size.width * scale,
          `${where}: the PNG at ${scale}x is ${wide} px wide`,
        );
        if (scale > 1) writeFileSync(join(pictures, `export-${where.replaceAll(' ', '-')}.png`), png.bytes);
      }
    }
    findings.add(`${name} ${language}`, await take());
  }
  await place.close();
  return findings;
}
