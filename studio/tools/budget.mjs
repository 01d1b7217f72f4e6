// Weighs dist as it goes over the wire: the first load (page, its scripts and styles, the catalogues of one language, the
// overview, the fonts of Latin text) and each page that is loaded later. Fails over the limits.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIRST = 250_000;
const PAGE = 60_000;
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const list = fileURLToPath(new URL('../node_modules/.cache/studio-manifest.json', import.meta.url));
if (!existsSync(list)) throw new Error('the studio is not built; run `npm run build`');
const manifest = JSON.parse(readFileSync(list, 'utf8'));

function bytes(file) {
  const path = join(dist, file);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
}

/** Files that a module needs before it runs: itself, what it imports, their styles. */
function closure(key, files = new Set()) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const each of chunk.imports ?? []) closure(each, files);
  return files;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const first = closure(entry);
const overview = closure('src/pages/overview/overview.page.tsx');
for (const file of overview) first.add(file);
for (const page of ['frame', 'messages', 'overview', 'runs']) closure(`src/i18n/ja/${page}.json`, first);
const fonts = readdirSync(join(dist, 'assets')).filter((name) => /latin-(wght|400)-normal.*\.woff2$/.test(name));
for (const font of fonts) first.add(`assets/${font}`);
first.add('index.html');

const total = [...first].reduce((sum, file) => sum + bytes(file), 0);
console.log(`first load ${total} bytes of ${FIRST} (${first.size} files)`);
let failed = total > FIRST;
for (const key of Object.keys(manifest).filter((name) => name.endsWith('.page.tsx')).sort()) {
  const own = [...closure(key)].filter((file) => !first.has(file));
  const size = own.reduce((sum, file) => sum + bytes(file), 0);
  console.log(`${key.replace('src/pages/', '')} ${size} bytes`);
  failed ||= size > PAGE;
}
process.exit(failed ? 1 : 0);
