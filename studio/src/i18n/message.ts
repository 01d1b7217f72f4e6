// A small part of ICU MessageFormat: {name}, {n, number}, {n, number, percent}, {n, plural, =0 {…} one {…} other {…}}
// with #, and {x, select, a {…} other {…}}. Braces cannot be escaped: no sentence of the studio needs one.

export type Node = string | Argument;
export interface Argument {
  name: string;
  kind: 'value' | 'percent' | 'plural' | 'select' | 'pound';
  cases?: Record<string, Node[]>;
}
export type Values = Readonly<Record<string, unknown>>;

class Reader {
  at = 0;
  constructor(readonly text: string) {}

  fail(what: string): never {
    throw new SyntaxError(`${what} at ${this.at} of "${this.text}"`);
  }

  skip(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  take(pattern: RegExp, what: string): string {
    const found = new RegExp(pattern.source, 'y');
    found.lastIndex = this.at;
    const match = found.exec(this.text)?.[0];
    if (!match) this.fail(`expected ${what}`);
    this.at += match.length;
    this.skip();
    return match;
  }

  sequence(plural: string | null, depth: number): Node[] {
    if (depth > 8) this.fail('nested too deeply');
    const nodes: Node[] = [];
    let run = '';
    const flush = (): void => {
      if (run) nodes.push(run);
      run = '';
    };
    while (this.at < this.text.length && this.text[this.at] !== '}') {
      const letter = this.text[this.at++] as string;
      if (letter === '{') {
        flush();
        nodes.push(this.argument(plural, depth));
      } else if (letter === '#' && plural !== null) {
        flush();
        nodes.push({ name: plural, kind: 'pound' });
      } else run += letter;
    }
    flush();
    return nodes;
  }

  argument(plural: string | null, depth: number): Argument {
    this.skip();
    const name = this.take(/\w+/, 'a name');
    if (this.text[this.at] === '}') {
      this.at++;
      return { name, kind: 'value' };
    }
    this.take(/,/, '","');
    const kind = this.take(/\w+/, 'a kind');
    if (kind === 'number') {
      const style = this.text[this.at] === ',' ? (this.take(/,/, '","'), this.take(/\w+/, 'a style')) : '';
      if (style !== '' && style !== 'percent') this.fail(`unknown style ${style}`);
      if (this.text[this.at++] !== '}') this.fail('expected "}"');
      return { name, kind: style === 'percent' ? 'percent' : 'value' };
    }
    if (kind !== 'plural' && kind !== 'select') this.fail(`unknown kind ${kind}`);
    this.take(/,/, '","');
    const cases: Record<string, Node[]> = {};
    while (this.text[this.at] !== '}') {
      const word = this.take(/=\d+|\w+/, 'a case');
      if (this.text[this.at++] !== '{') this.fail('expected "{"');
      cases[word] = this.sequence(kind === 'plural' ? name : plural, depth + 1);
      if (this.text[this.at++] !== '}') this.fail('expected "}"');
      this.skip();
    }
    this.at++;
    if (!cases['other']) this.fail('no case "other"');
    return { name, kind, cases };
  }
}

/** The parts of a message; SyntaxError names the place of a mistake. */
export function parse(text: string): Node[] {
  const reader = new Reader(text);
  const nodes = reader.sequence(null, 0);
  if (reader.at < text.length) reader.fail('unexpected "}"');
  return nodes;
}

/** Names of all arguments, in the order of the alphabet. */
export function argumentsOf(nodes: readonly Node[]): string[] {
  const names = new Set<string>();
  const walk = (list: readonly Node[]): void => {
    for (const node of list) {
      if (typeof node === 'string') continue;
      names.add(node.name);
      for (const inner of Object.values(node.cases ?? {})) walk(inner);
    }
  };
  walk(nodes);
  return [...names].sort();
}

const cache = new Map<string, Intl.NumberFormat | Intl.PluralRules>();
function kept<T extends Intl.NumberFormat | Intl.PluralRules>(key: string, make: () => T): T {
  let found = cache.get(key);
  if (!found) cache.set(key, (found = make()));
  return found as T;
}

function numberText(value: number, locale: string, percent: boolean): string {
  const options: Intl.NumberFormatOptions = percent ? { style: 'percent', maximumFractionDigits: 1 } : { maximumSignificantDigits: 6 };
  if (!percent && Number.isInteger(value)) delete options.maximumSignificantDigits;
  const format = kept(`n${locale}${percent}${Number.isInteger(value)}`, () => new Intl.NumberFormat(locale, options));
  return format.format(value).replace(/^-/, '\u2212');
}

function chosen(node: Argument, value: unknown, locale: string): Node[] {
  const cases = node.cases as Record<string, Node[]>;
  const other = cases['other'] as Node[];
  if (node.kind === 'select') return cases[String(value)] ?? other;
  const rules = kept(`p${locale}`, () => new Intl.PluralRules(locale));
  return cases[`=${Number(value)}`] ?? cases[rules.select(Number(value))] ?? other;
}

/** The message in parts: text, and whatever was given for an argument if it is neither text nor number. */
export function formatParts(nodes: readonly Node[], values: Values, locale: string): unknown[] {
  const parts: unknown[] = [];
  const put = (part: unknown): void => {
    if (typeof part === 'string' && typeof parts.at(-1) === 'string') parts[parts.length - 1] += part;
    else parts.push(part);
  };
  for (const node of nodes) {
    if (typeof node === 'string') {
      put(node);
      continue;
    }
    const value = values[node.name];
    if (node.cases) formatParts(chosen(node, value, locale), values, locale).forEach(put);
    else if (typeof value === 'number') put(numberText(value, locale, node.kind === 'percent'));
    else put(value === undefined ? `{${node.name}}` : value === null ? '' : value);
  }
  return parts;
}

export function format(nodes: readonly Node[], values: Values, locale: string): string {
  return formatParts(nodes, values, locale).map(String).join('');
}
