// What the example does not hold: nothing yet, an error, a stale figure, opened panels, and data that means harm. The
// server's answers are changed on their way, so that everything else stays as it is.
import { join } from 'node:path';
import { Findings, axe, open, overflow, pictures, settled, watched } from './harness.mjs';
import { routesOf, styled } from './routes.mjs';

const LONG = 'x'.repeat(10_000);
const MARKUP = '<img src=x onerror="document.title=\'broken\'"><b>bold</b>';
const NAMES = [
  MARKUP,
  '\u202eright to left \u05e9\u05dc\u05d5\u05dd',
  '\u{1f469}\u200d\u{1f4bb}\u{1f600}'.repeat(40),
  LONG,
  '=cmd|calc',
  '',
];

function column(name, given = {}) {
  return {
    name,
    type: 'text',
    role: 'feature',
    nullable: true,
    count: 100,
    missing: 0,
    distinct: 2,
    exact: true,
    mean: null,
    standard_deviation: null,
    min: null,
    max: null,
    zeros: null,
    quantiles: [],
    histogram: null,
    top: [
      { value: name, count: 60 },
      { value: MARKUP, count: 40 },
    ],
    domain: [name],
    anomalies: [],
    unusualness: 0,
    ...given,
  };
}

const changes = {
  hostile: (view) => ({
    ...view,
    rows: 100,
    columns: NAMES.map((name) => column(name)),
    splits: [
      {
        part: MARKUP,
        rows: 100,
        labels: [
          { value: LONG, rows: 60 },
          { value: null, rows: 40 },
        ],
      },
    ],
    label: MARKUP,
  }),
  odd: (view) => ({
    ...view,
    rows: 2_000_000,
    columns: [
      column('nothing', {
        missing: 2_000_000,
        distinct: 0,
        top: [],
        anomalies: [
          {
            code: 'all_missing',
            severity: 'error',
            message: { key: 'anomaly.all_missing', args: {}, text: 'every value is missing' },
          },
        ],
      }),
      column('single', {
        type: 'float',
        distinct: 1,
        mean: 3,
        standard_deviation: 0,
        min: 3,
        max: 3,
        zeros: 0,
        top: [],
        histogram: { edges: [3, 3], counts: [2_000_000] },
      }),
      column('key', {
        distinct: 1_000_000,
        exact: false,
        top: Array.from({ length: 31 }, (_, i) => ({ value: `key ${i}`, count: 3 })),
      }),
      column('infinite', { type: 'float', mean: null, min: null, max: null, histogram: null, top: [] }),
    ],
    splits: [
      { part: 'train', rows: 10, labels: [{ value: 'yes', rows: 10 }] },
      { part: 'test', rows: 0, labels: [] },
    ],
  }),
  wide: (view) => ({
    ...view,
    columns: Array.from({ length: 10_000 }, (_, i) => ({
      ...view.columns[i % view.columns.length],
      name: `column_${i}`,
      unusualness: (i * 7919) % 10_000,
    })),
  }),
  none: (view) => ({ ...view, columns: [], splits: [] }),
  one_class: (view) => ({
    ...view,
    curves: [],
    slices: [
      ...NAMES.slice(0, 4).map((name) => ({
        slice: { [view.group[0]]: name },
        n: 5,
        low_support: true,
        confusion: { true_positive: 0, false_positive: 2, true_negative: 3, false_negative: 0 },
        metrics: [
          {
            name: 'true_positive_rate',
            slice: {},
            value: null,
            low: null,
            high: null,
            level: 0.95,
            method: 'wilson',
            n: 0,
            why: 'no positive rows',
          },
          { name: 'selection_rate', slice: {}, value: 0.4, low: 0.1, high: 0.8, level: 0.95, method: 'wilson', n: 5 },
        ],
      })),
      ...view.slices,
    ],
    gaps: view.gaps.map((gap) => ({
      ...gap,
      figure: { ...gap.figure, value: null, low: null, high: null, why: 'a group has no rows' },
    })),
  }),
  crossed: (view) => ({
    ...view,
    group: ['one', 'two'],
    slices: ['a', 'b', 'c'].flatMap((one) =>
      ['p', 'q'].map((two, i) => ({
        ...view.slices[i % view.slices.length],
        slice: { one, two },
        n: i ? 12 : 200,
        metrics: view.slices[0].metrics.map((figure) => ({ ...figure, n: i ? 12 : 200, slice: { one, two } })),
      })),
    ),
  }),
  no_fairness: (view) => ({ ...view, slices: [], gaps: [], curves: [], four_fifths: [] }),
  stale: (view) => ({ ...view, provenance: { ...view.provenance, stale: true } }),
  large_graph: (view) => ({
    ...view,
    nodes: [
      ...view.nodes,
      ...Array.from({ length: 900 }, (_, i) => ({
        ...view.nodes[0],
        id: `extra ${i}`,
        kind: 'evidence',
        name: i % 2 ? MARKUP : LONG,
      })),
    ],
    edges: [
      ...view.edges,
      ...Array.from({ length: 900 }, (_, i) => ({ from: view.focus, to: `extra ${i}`, role: 'output' })),
    ],
    truncated: true,
  }),
  no_graph: (view) => ({ ...view, nodes: [], edges: [] }),
};

const cases = [
  ['data-version', 'hostile', ['.data-open']],
  ['data-version', 'odd', ['.data-open >> nth=0']],
  ['data-version', 'odd', ['.data-open >> nth=1', '.chart-link >> nth=0']],
  ['data-version', 'odd', ['.data-open >> nth=2']],
  ['data-version', 'wide', ['.data-open >> nth=3']],
  ['data-version', 'none', []],
  ['data-version', 'stale', []],
  ['fairness', 'one_class', ['.fair-more']],
  ['fairness', 'crossed', ['.chart-link >> nth=0']],
  ['fairness', 'no_fairness', []],
  ['fairness', 'stale', ['.explain-button >> nth=0', '.explain-button >> nth=3', '.chart-export > button >> nth=0']],
  ['lineage', 'large_graph', ['.dag-focus']],
  ['lineage', 'no_graph', []],
];

async function changed(place, server, route, change, clicks, findings) {
  const where = `${route.name} ${change}${clicks.length ? ` ${clicks.length}` : ''}`;
  const { page, take } = await watched(place, server.origin);
  const kind = { 'data-version': /\/stats(\?|$)/, fairness: /\/fairness(\?|$)/, lineage: /\/view\/lineage/ }[
    route.name
  ];
  await page.route(
    (url) => url.pathname.startsWith('/api/') && kind.test(url.pathname + url.search),
    async (request) => {
      const response = await request.fetch();
      await request.fulfill({ response, json: changes[change](await response.json()) });
    },
  );
  for (const [theme, width] of [
    ['light', 1440],
    ['dark', 390],
  ]) {
    await page.setViewportSize({ width, height: 900 });
    await open(page, styled(server.origin, route.path, theme, 'en'));
    for (const click of clicks) await page.locator(click).first().click();
    await settled(page);
    const at = `${where} ${theme} ${width}`;
    await page.evaluate(() => scrollTo(0, 0));
    findings.add(at, [...(await axe(page)), ...(await overflow(page))]);
    const seen = await page.evaluate(() => ({
      text: document.querySelector('main').innerText,
      nodes: document.querySelectorAll('*').length,
      title: document.title,
    }));
    findings.check(
      !/\bNaN\b|undefined|\[object/.test(seen.text),
      `${at}: shows ${/\bNaN\b|undefined|\[object/.exec(seen.text)?.[0]}`,
    );
    findings.check(seen.nodes <= 3000, `${at}: ${seen.nodes} nodes, more than 3000`);
    findings.check(!seen.title.includes('broken'), `${at}: markup of a name was run`);
    await page.screenshot({ path: join(pictures, `state-${at.replaceAll(' ', '-')}.png`) });
  }
  findings.add(where, await take());
  await page.close();
}

/** An error is said with its code and can be tried again; while an answer is awaited the page says that it loads. */
async function failing(place, server, route, findings) {
  const { page } = await watched(place, server.origin);
  let answers = 'late';
  await page.route(
    (url) => url.pathname.startsWith('/api/') && /\/(stats|fairness|lineage)(\?|$)/.test(url.pathname),
    async (request) => {
      if (answers === 'late') await new Promise((settle) => setTimeout(settle, 800));
      if (answers !== 'error') return request.continue().catch(() => undefined);
      const problem = {
        type: 'urn:assay:error:internal',
        title: 'internal',
        status: 500,
        detail: 'the disk is on fire',
        code: 'internal',
        fix: 'put it out',
      };
      return request.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) });
    },
  );
  await page.goto(new URL(route.path, server.origin).href);
  findings.check(
    (await page.waitForSelector('.skeleton', { timeout: 5000 }).catch(() => null)) !== null,
    `${route.name}: loading is not shown`,
  );
  await settled(page);
  answers = 'error';
  await page.reload();
  const panel = await page.waitForSelector('main [role=alert]', { timeout: 20_000 }).catch(() => null);
  findings.check(
    panel !== null && (await panel.innerText()).includes('the disk is on fire'),
    `${route.name}: the error is not shown`,
  );
  findings.add(`${route.name} error`, await axe(page));
  answers = 'good';
  await page
    .locator('main [role=alert] button')
    .click()
    .catch(() => undefined);
  findings.check(
    (await page.waitForSelector('main .table, main .chart', { timeout: 10_000 }).catch(() => null)) !== null,
    `${route.name}: trying again brings nothing`,
  );
  await page.close();
}

export async function states(browser, server) {
  const findings = new Findings('states');
  const place = await browser.context({ viewport: { width: 1440, height: 900 } });
  const { page } = await watched(place, server.origin);
  await open(page, `${server.origin}/w/${server.workspace}`);
  const routes = await routesOf(page, server);
  await page.close();
  const route = (name) => routes.find((each) => each.name === name);
  for (const [name, change, clicks] of cases) {
    try {
      await changed(place, server, route(name), change, clicks, findings);
    } catch (error) {
      findings.add(`${name} ${change}`, [`broke off: ${String(error.message).split('\n').slice(0, 3).join(' ')}`]);
    }
  }
  for (const name of ['data-version', 'fairness', 'lineage']) await failing(place, server, route(name), findings);
  await place.close();
  return findings;
}
