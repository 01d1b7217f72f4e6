// Every page of the studio with an address that holds in the example's workspace.

/** Reads what the workspace holds and gives name and path of each page. */
export async function routesOf(page, server) {
  const base = `/w/${server.workspace}`;
  const read = (path) =>
    page.evaluate(async (address) => {
      const response = await fetch(address);
      return response.ok ? response.json() : null;
    }, `/api/v1${base}/view/${path}`);
  const data = (await read('data'))?.items?.[0];
  const model = (await read('models'))?.items?.[0];
  const run =
    (await read('runs?limit=50'))?.items?.find((item) => item.parent === null) ?? (await read('runs'))?.items?.[0];
  if (!data || !model || !run) throw new Error('the example holds no data set, model or run');
  const models = `${base}/models/${encodeURIComponent(model.name)}/${model.version}`;
  return [
    { name: 'overview', path: base },
    { name: 'data', path: `${base}/data` },
    { name: 'data-version', path: `${base}/data/${encodeURIComponent(data.name)}/${data.version}` },
    {
      name: 'data-column',
      path: `${base}/data/${encodeURIComponent(data.name)}/${data.version}?sort=name&column=pirat&scale=log`,
    },
    { name: 'runs', path: `${base}/runs` },
    { name: 'run', path: `${base}/runs/${run.run}` },
    { name: 'models', path: `${base}/models` },
    { name: 'model', path: models },
    { name: 'fairness', path: `${models}/evaluate/fairness` },
    { name: 'card', path: `${models}/card` },
    { name: 'report', path: `${models}/report` },
    { name: 'lineage', path: `${base}/lineage?focus=${encodeURIComponent(model.ref)}` },
    { name: 'outline', path: `${base}/lineage?focus=${encodeURIComponent(model.ref)}&view=outline` },
    { name: 'audit', path: `${base}/audit` },
    { name: 'evidence', path: `${base}/evidence/${encodeURIComponent(run.digest ?? model.digest)}` },
    { name: 'unknown', path: `${base}/fairnes`, missing: true },
  ];
}

/** The address with theme and language. */
export function styled(origin, path, theme, language) {
  const url = new URL(path, origin);
  url.searchParams.set('theme', theme);
  url.searchParams.set('lang', language);
  return url.href;
}
