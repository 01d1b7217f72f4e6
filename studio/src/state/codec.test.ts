import { describe, expect, it } from 'vitest';
import { flag, integer, list, oneOf, parse, print, real, text } from './codec';

const codec = {
  group: list(['sex']),
  sort: oneOf(['unusual', 'name', 'missing'], 'unusual'),
  q: text(),
  page: integer(1, -50, 1e6),
  limit: real(0.05, -1e9, 1e9),
  open: flag(),
};
type State = ReturnType<typeof parse<typeof codec>>['state'];

// A small generator with a fixed seed: the same 10,000 states in every run.
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIECES = ['a', 'Z', '0', ',', '\\', '&', '=', '+', '%', '#', '?', ' ', '/', ':', '"', "'", '<b>', '名', '😀', '\u202e', '\n', '\0', 'é', '%2C', '..', '~', '∅'];

function randomText(random: () => number): string {
  return Array.from({ length: Math.floor(random() * 7) }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');
}

function randomState(random: () => number): State {
  const sorts = ['unusual', 'name', 'missing'] as const;
  return {
    group: Array.from({ length: Math.floor(random() * 4) }, () => randomText(random)),
    sort: sorts[Math.floor(random() * 3)] as State['sort'],
    q: randomText(random),
    page: Math.floor(random() * 1000) - 50,
    limit: (random() - 0.5) * 10 ** Math.floor(random() * 12 - 6),
    open: random() < 0.5,
  };
}

describe('view state in the address', () => {
  it('comes back as it was, 10,000 times', () => {
    const random = generator(20261122);
    for (let i = 0; i < 10_000; i++) {
      const state = randomState(random);
      const search = print(codec, state);
      const back = parse(codec, search);
      expect(back, search).toEqual({ state, bad: [] });
      expect(print(codec, back.state)).toBe(search);
    }
  });

  it('survives a real address', () => {
    const random = generator(7);
    for (let i = 0; i < 500; i++) {
      const state = randomState(random);
      const url = new URL(`http://127.0.0.1/w/x?${print(codec, state)}`);
      expect(parse(codec, url.search).state).toEqual(state);
    }
  });

  it('leaves defaults out and keeps what is not its own', () => {
    const { state } = parse(codec, '');
    expect(print(codec, state, 'lang=ja&theme=dark&sort=name')).toBe('lang=ja&theme=dark');
    expect(print(codec, { ...state, q: 'a b' }, 'lang=ja')).toBe('lang=ja&q=a+b');
  });

  it('uses the good parts of a bad address and names the bad ones', () => {
    const { state, bad } = parse(codec, 'sort=loud&page=9e9&limit=NaN&open=maybe&q=ok&group=a%5Cb');
    expect(state).toEqual({ ...parse(codec, '').state, q: 'ok' });
    expect(bad.map((each) => each.field).sort()).toEqual(['group', 'limit', 'open', 'page', 'sort']);
  });

  it('tells the empty list from the list of one empty text', () => {
    const field = list();
    expect([[], [''], ['', ''], [','], ['\\']].map((value) => field.read(field.write(value)))).toEqual([[], [''], ['', ''], [','], ['\\']]);
  });
});
