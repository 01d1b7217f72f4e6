// Finishes dist: FILE.br and FILE.gz beside every file that gets smaller by it, so that the server never compresses; the
// manifest, which only the budget reads, goes out of what is served.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const top = fileURLToPath(new URL('..', import.meta.url));
const dist = join(top, 'dist');
const packed = /\.(woff2|png|br|gz)$/; // already compressed inside

mkdirSync(join(top, 'node_modules/.cache'), { recursive: true });
renameSync(join(dist, '.vite/manifest.json'), join(top, 'node_modules/.cache/studio-manifest.json'));
rmSync(join(dist, '.vite'), { recursive: true });

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || packed.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const bytes = readFileSync(path);
  const twins = {
    br: brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
    gz: gzipSync(bytes, { level: 9 }),
  };
  for (const [suffix, twin] of Object.entries(twins)) if (twin.length < bytes.length) writeFileSync(`${path}.${suffix}`, twin);
}
