// Every page in light and dark and three languages: no console error, no policy violation, nothing that axe finds, no
// sideways scrolling at 320 and 390 px or at 200 % zoom, nothing clipped by wide text; a picture of each.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Findings, axe, open, overflow, pictures, studio, watched } from './harness.mjs';
import { routesOf, styled } from './routes.mjs';

const THEMES = ['light', 'dark'];
const LANGUAGES = ['en', 'ja', 'zh-Hant'];

/** Every key of the catalogues as a page would show it if its words were missing. */
function catalogueKeys() {
  const folder = join(studio, 'src', 'i18n', 'en');
  return new Set(
    readdirSync(folder).flatMap((file) =>
      Object.keys(JSON.parse(readFileSync(join(folder, file), 'utf8'))).map(
        (key) => `${basename(file, '.json')}.${key}`,
      ),
    ),
  );
}
const keys = catalogueKeys();

/** WCAG 1.4.12: with these distances no word may be cut off. */
async function spaced(page) {
  return page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }',
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const cut = [...document.querySelectorAll('main *')].filter((element) => {
      const style = getComputedStyle(element);
      if (element.closest('svg, .sr, .chart-sr, [hidden], table, select') || element.clientWidth < 2) return false;
      if (!['hidden', 'clip'].includes(style.overflowX) && !['hidden', 'clip'].includes(style.overflowY)) return false;
      return element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    });
    document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1);
    return cut
      .slice(0, 3)
      .map((element) => `wide text is cut in ${element.tagName.toLowerCase()}.${element.className}`);
  });
}

async function wide({ context }, server, routes, findings) {
  for (const theme of THEMES) {
    const place = await context({ viewport: { width: 1440, height: 900 }, colorScheme: theme });
    const { page, take } = await watched(place, server.origin);
    for (const language of LANGUAGES) {
      for (const route of routes) {
        const where = `${route.name} ${theme} ${language}`;
        try {
          await open(page, styled(server.origin, route.path, theme, language));
          await page.screenshot({
            path: join(pictures, `${route.name}-1440-${theme}-${language}.png`),
            fullPage: true,
          });
          findings.add(where, [
            ...(await axe(page)),
            ...(await overflow(page)),
            ...(theme === 'light' ? await spaced(page) : []),
          ]);
          const shown = await page.evaluate(() => ({
            lang: document.documentElement.lang,
            text: document.querySelector('main')?.innerText ?? '',
          }));
          findings.check(shown.lang === language, `${where}: the document says lang=${shown.lang}`);
          const raw = shown.text.match(/\b[a-z]+\.[a-z_.]+\b/g)?.find((word) => keys.has(word));
          findings.check(!raw, `${where}: a key shows instead of its words: ${raw}`);
        } catch (error) {
          findings.add(where, [`not drawn: ${String(error.message).split('\n')[0]}`]);
        }
        findings.add(where, await take());
      }
    }
    await place.close();
  }
}

async function narrow({ context }, server, routes, findings) {
  const sizes = [
    { name: '768', viewport: { width: 768, height: 1024 }, picture: true },
    { name: '390', viewport: { width: 390, height: 844 }, picture: true, axe: true },
    { name: '320', viewport: { width: 320, height: 640 } },
    { name: 'zoom-200', viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
  ];
  for (const { name, picture, axe: checked, ...size } of sizes) {
    const place = await context({ ...size, colorScheme: 'light' });
    const { page, take } = await watched(place, server.origin);
    for (const language of ['en', 'ja']) {
      for (const route of routes) {
        const where = `${route.name} at ${name} ${language}`;
        try {
          await open(page, styled(server.origin, route.path, 'light', language));
          if (picture)
            await page.screenshot({
              path: join(pictures, `${route.name}-${name}-light-${language}.png`),
              fullPage: true,
            });
          findings.add(where, [...(await overflow(page)), ...(checked && language === 'en' ? await axe(page) : [])]);
        } catch (error) {
          findings.add(where, [`not drawn: ${String(error.message).split('\n')[0]}`]);
        }
        findings.add(where, await take());
      }
    }
    await place.close();
  }
}

export async function pages(browser, server) {
  const findings = new Findings('pages');
  const place = await browser.context();
  const { page } = await watched(place, server.origin);
  await open(page, `${server.origin}/w/${server.workspace}`);
  const routes = await routesOf(page, server);
  await place.close();
  await wide(browser, server, routes, findings);
  await narrow(browser, server, routes, findings);
  return findings;
}
