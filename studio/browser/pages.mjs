// Every page in every language, theme and width: nothing in the console, nothing for axe, no sideways scrolling, no key
// instead of a word. With a folder as argument, pictures of three widths are kept there for people to look at.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bearerOf, makeWorkspace, startBrowser, startServer, watch } from './server.mjs';

const pictures = process.argv[2];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// The widest in every language and theme, the others where words are longest and where glyphs are widest.
const LOOKS = [
  ...['en', 'ja', 'zh-Hant', 'zh-Hans'].flatMap((language) => ['light', 'dark'].map((theme) => [1440, language, theme])),
  ...[768, 390, 320].flatMap((width) => [[width, 'en', 'light'], [width, 'ja', 'dark']]),
];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// WCAG 1.4.12: a reader may space text out; nothing may be cut off.
const SPACED = '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }';

async function addresses(base, headers) {
  const read = async (path) => (await fetch(`${base}/api/v1/w/mortgage/${path}`, { headers })).json();
  const runs = await read('view/runs?parent=');
  const model = await read('view/models/mortgage/1');
  const below = '/w/mortgage/models/mortgage/1';
  return {
    overview: '/w/mortgage', runs: '/w/mortgage/runs?steps=1', run: `/w/mortgage/runs/${runs.items[0].run}`,
    models: '/w/mortgage/models', model: below, mark: `${below}?mark=fair`, fairness: `${below}/evaluate/fairness`,
    card: `${below}/card`, card_missing: `${below}/card?tab=missing`, card_json: `${below}/card?tab=json`, report: `${below}/report`,
    data: '/w/mortgage/data', columns: '/w/mortgage/data/boston_hmda/1', lineage: '/w/mortgage/lineage', audit: '/w/mortgage/audit',
    evidence: `/w/mortgage/evidence/${model.verdict.digest}`, not_found: '/w/mortgage/dta',
  };
}

async function look(page, found) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) found.push(`${wide} px too wide`);
  await page.evaluate(axe);
  const failures = await page.evaluate(
    async (rules) => (await window.axe.run(document, { runOnly: rules, iframes: false })).violations.map((each) => `axe ${each.id}: ${each.nodes[0].target.join(' ')}`),
    RULES,
  );
  found.push(...failures);
  const keys = await page.evaluate(() => [...document.querySelector('main').innerText.matchAll(/\b(?:frame|overview|runs|document|charts|messages|lineage)\.[a-z]+_[a-z_]+\b/g)].map((match) => match[0]));
  if (keys.length) found.push(`keys instead of words: ${keys.slice(0, 3).join(' ')}`);
}

async function spaced(page) {
  const wide = await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
  }, SPACED);
  return wide > 0 ? [`${wide} px too wide with spaced text`] : [];
}

const workspace = makeWorkspace();
const server = await startServer(workspace.folder);
const browser = await startBrowser();
const headers = { Authorization: `Bearer ${bearerOf(workspace.folder)}` };
let looked = 0;
const problems = new Map();
try {
  const all = Object.entries(await addresses(server.base, headers));
  if (pictures) mkdirSync(pictures, { recursive: true });
  for (const [width, language, theme] of LOOKS) {
    const height = width < 700 ? 844 : width < 1000 ? 1024 : 900;
    const context = await browser.newContext({ viewport: { width, height }, extraHTTPHeaders: headers, reducedMotion: 'reduce' });
    for (const [name, path] of all) {
      const page = await context.newPage();
      const found = watch(page, server.base);
      await page.goto(`${server.base}${path}${path.includes('?') ? '&' : '?'}lang=${language}&theme=${theme}`);
      await page.waitForSelector('.head h1');
      await page.waitForSelector('.skeleton', { state: 'detached' });
      await page.waitForTimeout(250); // charts measure themselves, then draw
      await look(page, found);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${language}-${theme}.png`) });
      if (language === 'en' && theme === 'light') found.push(...(await spaced(page)));
      looked++;
      for (const each of found) problems.set(`${name}: ${each}`, `${width} ${language} ${theme}`);
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
  workspace.remove();
}
for (const [problem, where] of problems) console.error(`${where} ${problem}`);
console.log(`${looked} pages looked at, ${problems.size} problems`);
process.exit(problems.size ? 1 : 0);
