// All browser tests: node tests/browser.mjs. Ends with 0 when nothing was found.
import { startBrowser, startServer } from './harness.mjs';
import { chartExport } from './export.mjs';
import { journeys } from './journeys.mjs';
import { keyboard } from './keyboard.mjs';
import { link } from './link.mjs';
import { pages } from './pages.mjs';
import { states } from './states.mjs';
import { weight } from './weight.mjs';

const parts = { keyboard, journeys, link, export: chartExport, states, weight, pages };
const only = (process.env.ONLY ?? '').split(',').filter(Boolean);
const server = await startServer();
let browser;
let failed = 0;
try {
  browser = await startBrowser(server);
  for (const [name, part] of Object.entries(parts)) {
    if (only.length && !only.includes(name)) continue;
    const start = Date.now();
    let findings;
    try {
      findings = await part(browser, server);
    } catch (error) {
      findings = { checks: 0, faults: [`${name} broke off: ${error.stack ?? error}`] };
    }
    failed += findings.faults.length;
    console.log(
      `${findings.faults.length ? '\u2715' : '\u2713'} ${name}: ${findings.checks} checks, ${findings.faults.length} faults, ${((Date.now() - start) / 1000).toFixed(0)} s`,
    );
    if (findings.note) console.log(`  ${findings.note}`);
    for (const fault of findings.faults) console.log(`  ${fault}`);
  }
} finally {
  await browser?.close();
  await server.stop();
}
process.exitCode = failed ? 1 : 0;
