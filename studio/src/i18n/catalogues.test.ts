// Every language says the same things with the same arguments, and the sources ask for nothing that no catalogue has.
import { describe, expect, it } from 'vitest';
import { languages } from './language';
import { type Node, parse } from './message';

const files = import.meta.glob<Record<string, string>>('./*/*.json', { eager: true, import: 'default' });
const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*'], { eager: true, query: '?raw', import: 'default' });
const pages = Object.keys(files).filter((file) => file.startsWith('./en/')).map((file) => file.slice(5, -5));

// The server's English reasons: a translation may leave them out, since they would stand in English in it.
const OPTIONAL = new Set(['why', 'error']);

/** Arguments of a message: all, and those written out, not only chosen by (a plural here may be a number there). */
function argumentsOf(nodes: readonly Node[], all = new Set<string>(), written = new Set<string>()): { all: Set<string>; written: Set<string> } {
  for (const node of nodes) {
    if (typeof node === 'string') continue;
    all.add(node.name);
    if (!node.cases && node.kind !== 'pound') written.add(node.name);
    for (const inner of Object.values(node.cases ?? {})) argumentsOf(inner, all, written);
  }
  return { all, written };
}

describe.each(languages.map((language) => [language]))('%s', (language) => {
  it.each(pages.map((page) => [page]))('%s has the keys and arguments of English', (page) => {
    const english = files[`./en/${page}.json`] as Record<string, string>;
    const other = files[`./${language}/${page}.json`];
    expect(other, `${language}/${page}.json`).toBeDefined();
    expect(Object.keys(other ?? {}).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) {
      const translated = other?.[key] ?? '';
      expect(translated.trim(), `${page}.${key}`).not.toBe('');
      const wanted = argumentsOf(parse(text));
      const given = argumentsOf(parse(translated));
      expect([...wanted.written].filter((name) => !given.all.has(name) && !OPTIONAL.has(name)), `${page}.${key} lacks`).toEqual([]);
      expect([...given.written].filter((name) => !wanted.all.has(name)), `${page}.${key} invents`).toEqual([]);
    }
  });
});

it('has every key that is asked for by its full name', () => {
  const known = new Set(pages.flatMap((page) => Object.keys(files[`./en/${page}.json`] as object).map((key) => `${page}.${key}`)));
  const asked = new RegExp(`['"\`]((?:${pages.join('|')})\\.[a-z][a-z0-9_]*)['"\`]`, 'g');
  const missing: string[] = [];
  for (const [file, text] of Object.entries(sources)) {
    for (const [, key] of text.matchAll(asked)) if (!known.has(key as string)) missing.push(`${file}: ${key}`);
  }
  expect(missing).toEqual([]);
});

it('uses every text, so that nobody translates what nobody reads', () => {
  const all = Object.values(sources).join('\n');
  const unused: string[] = [];
  for (const page of pages) {
    for (const key of Object.keys(files[`./en/${page}.json`] as object)) {
      // Keys of the server and those made of parts (`frame.state_${state}`) are found by their beginning.
      const made = [...key.matchAll(/_/g)].some(({ index }) => all.includes(`${page}.${key.slice(0, index + 1)}\${`));
      if (page !== 'messages' && !made && !all.includes(`${page}.${key}`) && !all.includes(`'${key}'`)) unused.push(`${page}.${key}`);
    }
  }
  expect(unused).toEqual([]);
});
