import { describe, expect, it, vi } from 'vitest';
import { addCatalogue, languages, setLanguage, translator } from '.';
import { languageFrom } from './language';
import { argumentsOf, format, formatParts, parse } from './message';
import { formatAgo, formatBytes, formatMoment, formatSeconds } from './time';

const say = (text: string, values: Record<string, unknown> = {}, locale = 'en'): string => format(parse(text), values, locale);

describe('messages', () => {
  it('puts values in', () => {
    expect(say('Copied {what}', { what: 'digest' })).toBe('Copied digest');
    expect(say('{n} rows', { n: 691145 })).toBe('691,145 rows');
    expect(say('{n}', { n: -0.25 })).toBe('\u22120.25');
    expect(say('{share, number, percent}', { share: 0.125 })).toBe('12.5%');
    expect(say('{missing}')).toBe('{missing}');
    expect(say('a{x}b', { x: null })).toBe('ab');
  });

  it('chooses by number', () => {
    const rows = '{n, plural, =0 {no rows} one {# row} other {# rows}}';
    expect([0, 1, 2, 1234].map((n) => say(rows, { n }))).toEqual(['no rows', '1 row', '2 rows', '1,234 rows']);
    expect(say('{n, plural, other {# 行}}', { n: 1 }, 'ja')).toBe('1 行');
  });

  it('chooses by word, and nests', () => {
    const text = '{kind, select, yes {{n, plural, one {one of {all}} other {# of {all}}}} other {none}}';
    expect(say(text, { kind: 'yes', n: 3, all: 7 })).toBe('3 of 7');
    expect(say(text, { kind: 'no' })).toBe('none');
    expect(argumentsOf(parse(text))).toEqual(['all', 'kind', 'n']);
  });

  it('keeps elements apart', () => {
    const element = { element: true };
    expect(formatParts(parse('made {time} ago'), { time: element }, 'en')).toEqual(['made ', element, ' ago']);
  });

  it.each(['{', '{a', '{a,', '{a, plural, one {x}}', '}', '{a, date}', '{a, number, currency}', '{}'])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });
});

describe('languages', () => {
  it('finds the nearest of a list of wishes', () => {
    expect(languageFrom(['fr-CH', 'ja-JP'])).toBe('ja');
    expect(['zh-TW', 'zh-HK', 'zh-Hant-MO'].map((tag) => languageFrom([tag]))).toEqual(['zh-Hant', 'zh-Hant', 'zh-Hant']);
    expect(['zh', 'zh-CN', 'zh-Hans-SG'].map((tag) => languageFrom([tag]))).toEqual(['zh-Hans', 'zh-Hans', 'zh-Hans']);
    expect(languageFrom([null, 'de', undefined])).toBe('en');
  });

  it('translates by key and shows sentences of the server that it does not know as they came', async () => {
    for (const language of languages) addCatalogue(language, 'messages', { 'next.run_plan': `${language} {path}` });
    await setLanguage('ja');
    const t = translator('ja');
    expect(t.message({ key: 'next.run_plan', args: { path: 'assay.yaml' }, text: 'run assay.yaml' })).toBe('ja assay.yaml');
    expect(t.message({ key: 'next.unknown', args: {}, text: 'do this' })).toBe('do this');
    vi.spyOn(console, 'error').mockImplementationOnce(() => {});
    expect(t('messages.nothing')).toBe('messages.nothing');
    expect(t.has('messages.nothing')).toBe(false);
    expect(document.documentElement.lang).toBe('ja');
  });
});

describe('moments and sizes', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  it('says how long ago', () => {
    expect(formatAgo('2026-11-22T11:59:57Z', 'en', now)).toBe('now');
    expect(formatAgo('2026-11-22T11:57:00Z', 'en', now)).toBe('3 minutes ago');
    expect(formatAgo('2026-11-20T12:00:00Z', 'ja', now)).toBe('一昨日');
    expect(formatAgo('2026-01-01T12:00:00Z', 'en', now)).toContain('2026');
    expect(formatAgo('nonsense', 'en', now)).toBe('');
    expect(formatMoment(null, 'en')).toBe('');
  });
  it('says how long', () => {
    expect([0.0123, 3.44, 65, 4800].map((s) => formatSeconds(s, 'en'))).toEqual(['12 ms', '3.4 sec', '1 min 5 sec', '1 hr 20 min']);
    expect(formatSeconds(null, 'en')).toBe('\u2014');
    expect(formatSeconds(Number.NaN, 'en')).toBe('\u2014');
  });
  it('says how large', () => {
    expect([1, 333, 81_900, 1_440_000].map((n) => formatBytes(n, 'en'))).toEqual(['1 byte', '333 byte', '82 kB', '1.4 MB']);
  });
});
