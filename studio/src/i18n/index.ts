// Languages and catalogues. A catalogue is one JSON file per language and page: src/i18n/LANGUAGE/PAGE.json; its key
// "title" is asked for as t('PAGE.title'). A page names its catalogue where its route stands; the frame's come first.
import { type ReactNode, useMemo, useSyncExternalStore } from 'react';
import { type Node, type Values, format, formatParts, parse } from './message';
import { languageFrom, type Language } from './language';

export { languages, languageNames, type Language } from './language';

type Catalogue = Record<string, string>;
export interface ServerMessage {
  key: string;
  args?: Values;
  text: string;
}

const files = import.meta.glob<{ default: Catalogue }>('./*/*.json');
const loaded = new Map<string, Map<string, Node[]>>();
const wanted = new Set<string>();
const waiting = new Map<string, Promise<void>>();
const listeners = new Set<() => void>();
let current: Language = 'en';

/** Puts a catalogue in place; tests use it directly. */
export function addCatalogue(language: Language, page: string, entries: Catalogue): void {
  const parsed = new Map<string, Node[]>();
  for (const [key, text] of Object.entries(entries)) parsed.set(key, parse(text));
  loaded.set(`${language}/${page}`, parsed);
}

function load(language: Language, page: string): Promise<void> {
  const name = `${language}/${page}`;
  if (loaded.has(name)) return Promise.resolve();
  let promise = waiting.get(name);
  if (!promise) {
    const file = files[`./${name}.json`];
    promise = file
      ? file().then((module) => addCatalogue(language, page, module.default))
      : Promise.reject(new Error(`no catalogue ${name}`));
    promise = promise.finally(() => waiting.delete(name));
    waiting.set(name, promise);
  }
  return promise;
}

/** Loads the catalogues of pages in the current language (and from then on in every language that is chosen). */
export async function loadCatalogues(pages: readonly string[]): Promise<void> {
  for (const page of pages) wanted.add(page);
  await Promise.all(pages.map((page) => load(current, page)));
}

export function language(): Language {
  return current;
}

/** Switches the language once all its catalogues are there, so that no half-translated page is ever shown. */
export async function setLanguage(next: Language): Promise<void> {
  await Promise.all([...wanted].map((page) => load(next, page)));
  current = next;
  if (typeof document !== 'undefined') document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

/** The first language: address, then kept choice, then the browser's list. */
export function firstLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  return languageFrom([asked, kept(), ...navigator.languages]);
}

function kept(): string | null {
  try {
    return localStorage.getItem('assay.language');
  } catch {
    return null; // storage may be switched off; the choice then lasts for this page
  }
}

export function keepLanguage(next: Language): void {
  try {
    localStorage.setItem('assay.language', next);
  } catch {
    // see kept()
  }
}

function find(key: string): Node[] | undefined {
  const dot = key.indexOf('.');
  return loaded.get(`${current}/${key.slice(0, dot)}`)?.get(key.slice(dot + 1));
}

export interface Translate {
  (key: string, values?: Values): string;
  /** the same with elements as values */
  rich(key: string, values: Values): ReactNode[];
  /** a sentence of the server: by its key if the catalogue `messages` has it, else as it came */
  message(message: ServerMessage | string | null | undefined): string;
  /** whether the key has a text */
  has(key: string): boolean;
  language: Language;
}

export function translator(locale: Language): Translate {
  const t = (key: string, values: Values = {}): string => {
    const nodes = find(key);
    if (!nodes) {
      if (import.meta.env.DEV) console.error(`no text for ${key}`);
      return key;
    }
    return format(nodes, values, locale);
  };
  return Object.assign(t, {
    rich: (key: string, values: Values): ReactNode[] => formatParts(find(key) ?? [key], values, locale) as ReactNode[],
    message: (message: ServerMessage | string | null | undefined): string => {
      if (!message) return '';
      if (typeof message === 'string') return message;
      const nodes = find(`messages.${message.key}`);
      return nodes ? format(nodes, message.args ?? {}, locale) : message.text;
    },
    has: (key: string): boolean => find(key) !== undefined,
    language: locale,
  });
}

/** Re-reads when the language changes; subscribe for those outside React. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The translation function of the current language: `const t = useT(); t('runs.title')`. */
export function useT(): Translate {
  const now = useSyncExternalStore(onLanguage, language);
  return useMemo(() => translator(now), [now]);
}
