// Open a page, change its view, copy the link, open it in a new window: the same pixels.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Findings, open, pictures, settled, watched } from './harness.mjs';
import { routesOf, styled } from './routes.mjs';

// The browser smooths the edge of a button that was once pressed a little differently: a few pixels, no more.
const TOLERANCE = 40;

/** Number of pixels that differ; every one where the sizes do. */
async function differing(page, first, second) {
  return page.evaluate(
    async (pictures) => {
      const [a, b] = await Promise.all(
        pictures.map(async (text) => {
          const image = new Image();
          image.src = `data:image/png;base64,${text}`;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0);
          return context.getImageData(0, 0, image.width, image.height);
        }),
      );
      if (a.width !== b.width || a.height !== b.height) return a.width * a.height;
      const [left, right] = [new Uint32Array(a.data.buffer), new Uint32Array(b.data.buffer)];
      return left.reduce((count, pixel, i) => count + (pixel === right[i] ? 0 : 1), 0);
    },
    [first.toString('base64'), second.toString('base64')],
  );
}

const view = { width: 1280, height: 900 };

/** The picture without what tells the time of day. */
async function still(page) {
  await page.evaluate(() => {
    for (const time of document.querySelectorAll('time')) time.textContent = '-';
    document.activeElement?.blur();
    scrollTo(0, 0);
  });
  await page.mouse.move(0, 0);
  await page.waitForTimeout(200);
  return page.screenshot();
}

async function copied(page) {
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.waitForTimeout(100);
  return page.evaluate(() => navigator.clipboard.readText());
}

async function same(browser, server, findings, name, path, change) {
  const place = await browser.context({ viewport: view, permissions: ['clipboard-read', 'clipboard-write'] });
  const { page, take } = await watched(place, server.origin);
  await open(page, styled(server.origin, path, 'light', 'en'));
  await change(page);
  // Typing and panning reach the address a moment later.
  await page.waitForTimeout(500);
  await settled(page);
  const link = await copied(page);
  // The note "link copied" goes by itself; the new window never shows it.
  await page.waitForFunction(() => !document.querySelector('.toasts p'), null, { polling: 200, timeout: 10_000 });
  const first = await still(page);
  findings.add(name, await take());
  await place.close();
  const other = await browser.context({ viewport: view });
  const { page: again, take: takeAgain } = await watched(other, server.origin);
  await open(again, link);
  await again.waitForTimeout(300);
  const second = await still(again);
  const unlike = await differing(again, first, second);
  if (unlike > TOLERANCE) {
    writeFileSync(join(pictures, `${name.replaceAll(' ', '-')}-first.png`), first);
    writeFileSync(join(pictures, `${name.replaceAll(' ', '-')}-second.png`), second);
  }
  findings.check(unlike <= TOLERANCE, `${name}: the copied link ${link} draws another page: ${unlike} pixels differ`);
  findings.add(`${name} again`, await takeAgain());
  await other.close();
}

export async function link(browser, server) {
  const findings = new Findings('link');
  const place = await browser.context();
  const { page } = await watched(place, server.origin);
  await open(page, `${server.origin}/w/${server.workspace}`);
  const routes = await routesOf(page, server);
  await place.close();
  const path = (name) => `${routes.find((route) => route.name === name).path}`;
  await same(browser, server, findings, 'data link', path('data-version'), async (at) => {
    await at.getByRole('searchbox').fill('rat');
    await at.locator('.data-open').first().click();
    await at.getByRole('button', { name: 'Log', exact: true }).click();
    await at.getByRole('button', { name: 'Percent' }).click();
  });
  await same(browser, server, findings, 'fairness link', path('fairness'), async (at) => {
    await at.getByRole('button', { name: 'Precision' }).click();
    await at.getByLabel('Limit').selectOption('0.05');
  });
  await same(browser, server, findings, 'lineage link', path('lineage'), async (at) => {
    await at.getByLabel('Steps down').selectOption('2');
    await settled(at);
    await at.locator('[data-node]').first().focus();
    await at.keyboard.press('Enter');
  });
  return findings;
}
