// Pages and their addresses. A page is a file src/pages/FOLDER/NAME.page.tsx whose default export is a component without
// properties; it is loaded with its catalogues when its address is first opened.
import { type ComponentType, createContext, useContext } from 'react';
import type { StageKey } from '../api/types';
import { loadCatalogues } from '../i18n';

export interface RouteSpec {
  key: string;
  path: string;
  /** file below src/pages, without .page.tsx */
  page: string;
  catalogues: readonly string[];
  stage: StageKey | null;
}

export const routes: readonly RouteSpec[] = [
  { key: 'overview', path: '/w/:ws', page: 'overview/overview', catalogues: ['overview', 'runs'], stage: 'define' },
  { key: 'data', path: '/w/:ws/data', page: 'data/list', catalogues: ['data', 'charts'], stage: 'data' },
  { key: 'data-version', path: '/w/:ws/data/:name/:ver', page: 'data/overview', catalogues: ['data', 'charts'], stage: 'data' },
  { key: 'runs', path: '/w/:ws/runs', page: 'runs/list', catalogues: ['runs'], stage: 'train' },
  { key: 'run', path: '/w/:ws/runs/:id', page: 'runs/run', catalogues: ['runs', 'model'], stage: 'train' },
  { key: 'models', path: '/w/:ws/models', page: 'model/list', catalogues: ['model'], stage: 'train' },
  { key: 'model', path: '/w/:ws/models/:name/:ver', page: 'model/model', catalogues: ['model'], stage: 'deploy' },
  { key: 'fairness', path: '/w/:ws/models/:name/:ver/evaluate/fairness', page: 'fairness/fairness', catalogues: ['fairness', 'charts'], stage: 'evaluate' },
  { key: 'card', path: '/w/:ws/models/:name/:ver/card', page: 'document/card', catalogues: ['document'], stage: 'evaluate' },
  { key: 'report', path: '/w/:ws/models/:name/:ver/report', page: 'document/report', catalogues: ['document'], stage: 'evaluate' },
  { key: 'lineage', path: '/w/:ws/lineage', page: 'lineage/lineage', catalogues: ['lineage', 'charts'], stage: 'deploy' },
  { key: 'audit', path: '/w/:ws/audit', page: 'audit/audit', catalogues: ['audit'], stage: 'deploy' },
  { key: 'evidence', path: '/w/:ws/evidence/:digest', page: 'audit/evidence', catalogues: ['audit'], stage: null },
];

export interface Place {
  spec: RouteSpec | null;
  params: Readonly<Record<string, string>>;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The route of a path and its decoded parameters; a workspace is recognised even where the rest is unknown. */
export function placeOf(path: string): Place {
  const given = path.replace(/\/+$/, '').split('/');
  for (const spec of routes) {
    const wanted = spec.path.split('/');
    if (wanted.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((part, i) => {
      const segment = given[i] as string;
      if (!part.startsWith(':')) return part === segment;
      params[part.slice(1)] = decoded(segment);
      return segment !== '';
    });
    if (fits) return { spec, params };
  }
  return { spec: null, params: given[1] === 'w' && given[2] ? { ws: decoded(given[2]) } : {} };
}

export const PlaceContext = createContext<Place>({ spec: null, params: {} });

/** Where we are. */
export function usePlace(): Place {
  return useContext(PlaceContext);
}

/** Parameters of the address, decoded: `const { name = '', ver = '' } = useParams()`. */
export function useParams(): Readonly<Record<string, string>> {
  return usePlace().params;
}

const modules = import.meta.glob<{ default: ComponentType }>('../pages/*/*.page.tsx');
const pages = new Map<string, Promise<ComponentType>>();

/** The page of a route and its words, loaded together, once; a failed load is tried again next time. */
export function loadPage(spec: RouteSpec): Promise<ComponentType> {
  let promise = pages.get(spec.key);
  if (!promise) {
    const module = modules[`../pages/${spec.page}.page.tsx`];
    if (!module) return Promise.reject(new Error(`no page ${spec.page}`));
    promise = Promise.all([module(), loadCatalogues(spec.catalogues)]).then(([loaded]) => loaded.default);
    promise.catch(() => pages.delete(spec.key));
    pages.set(spec.key, promise);
  }
  return promise;
}
