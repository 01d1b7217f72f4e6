// Development without a server: answers GET /api/v1/… from JSON files. The folder is named by ASSAY_SAMPLES; the file of
// /api/v1/w/x/view/models/m/1 is view_models_m_1.json (a query string does not count), that of /api/v1/me is me.json.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
  "worker-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'";

function fileOf(folder, path) {
  const rest = decodeURIComponent(path).replace(/^\/api\/v1\/(w\/[^/]+\/)?/, '');
  const name = rest.replace(/[/:]/g, '_');
  const found = [`${name}.json`, name].map((each) => join(folder, each)).find((each) => existsSync(each));
  if (found) return found;
  // A sample for another asset of the same kind is better than none.
  const shape = new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[^_]+_\d+/, '.+')}\\.json$`);
  const close = readdirSync(folder).find((each) => shape.test(each));
  return close ? join(folder, close) : null;
}

function answer(folder, request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.endsWith('/events')) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 1000\n\nid: 1\nevent: hello\ndata: {"version":"mock"}\n\n');
    const beat = setInterval(() => response.write(': beat\n\n'), 15_000);
    request.on('close', () => clearInterval(beat));
    return;
  }
  const file = fileOf(folder, url.pathname);
  const status = file ? 200 : 404;
  const code = 'not-found';
  const problem = { type: `urn:assay:error:${code}`, title: 'Not found', status, detail: `no sample for ${url.pathname}`, code };
  response.writeHead(status, { 'Content-Type': file ? 'application/json' : 'application/problem+json' });
  response.end(file ? readFileSync(file) : JSON.stringify(problem));
}

/** Vite plugin; does nothing without a folder. */
export function samples(folder) {
  const use = (server) => {
    if (!folder) return;
    server.middlewares.use((request, response, next) => {
      if (request.url.startsWith('/api/')) answer(folder, request, response);
      else next();
    });
  };
  const guarded = (server) => {
    server.middlewares.use((_, response, next) => {
      response.setHeader('Content-Security-Policy', policy);
      next();
    });
    use(server);
  };
  return { name: 'assay-samples', configureServer: use, configurePreviewServer: guarded };
}
