// Typed view state in the address. A codec is a table of fields; parse reads a query string, print writes it back, fields
// at their default are left out, what is not ours (lang, theme, another panel's fields) stays. parse(print(x)) = x.

export interface Field<T> {
  initial: T;
  /** undefined where the text cannot be read */
  read(text: string): T | undefined;
  write(value: T): string;
}
type ValueOf<F> = F extends Field<infer T> ? T : never;
export type StateOf<C> = { [K in keyof C]: ValueOf<C[K]> };
export type Codec = Record<string, Field<any>>;

export function text(initial = ''): Field<string> {
  return { initial, read: (given) => given, write: (value) => value };
}

export function oneOf<const T extends string>(choices: readonly T[], initial: NoInfer<T>): Field<T> {
  return { initial, read: (given) => choices.find((choice) => choice === given), write: (value) => value };
}

export function integer(initial: number, low: number, high: number): Field<number> {
  const read = (given: string): number | undefined => {
    const value = Number(given);
    return /^-?\d{1,15}$/.test(given) && value >= low && value <= high ? value : undefined;
  };
  return { initial, read, write: String };
}

export function real(initial: number, low: number, high: number): Field<number> {
  const read = (given: string): number | undefined => {
    const value = Number(given);
    return given.trim() !== '' && Number.isFinite(value) && value >= low && value <= high ? value : undefined;
  };
  return { initial, read, write: String };
}

export function flag(initial = false): Field<boolean> {
  const read = (given: string): boolean | undefined => (given === '1' ? true : given === '0' ? false : undefined);
  return { initial, read, write: (value) => (value ? '1' : '0') };
}

// "a,b": commas and backslashes of the members are escaped; the empty list is "" and the list of one empty text "\".
function splitList(given: string): string[] | undefined {
  if (given === '') return [];
  if (given === '\\') return [''];
  const members = [''];
  for (let at = 0; at < given.length; at++) {
    const letter = given[at] as string;
    if (letter === ',') members.push('');
    else if (letter === '\\') {
      const next = given[++at];
      if (next !== ',' && next !== '\\') return undefined;
      members[members.length - 1] += next;
    } else members[members.length - 1] += letter;
  }
  return members;
}

export function list(initial: readonly string[] = []): Field<readonly string[]> {
  const write = (value: readonly string[]): string =>
    value.length === 1 && value[0] === '' ? '\\' : value.map((member) => member.replace(/[\\,]/g, '\\$&')).join(',');
  return { initial, read: splitList, write };
}

export interface Reading<S> {
  state: S;
  /** fields that could not be read and stand at their default */
  bad: { field: string; text: string }[];
}

export function parse<C extends Codec>(codec: C, search: string): Reading<StateOf<C>> {
  const query = new URLSearchParams(search);
  const state: Record<string, unknown> = {};
  const bad: { field: string; text: string }[] = [];
  for (const [name, field] of Object.entries(codec)) {
    const given = query.get(name);
    const value = given === null ? field.initial : field.read(given);
    if (value === undefined) bad.push({ field: name, text: given as string });
    state[name] = value === undefined ? field.initial : value;
  }
  return { state: state as StateOf<C>, bad };
}

/** The query string (without "?") in which the codec's fields are replaced and all others kept. */
export function print<C extends Codec>(codec: C, state: StateOf<C>, search = ''): string {
  const query = new URLSearchParams(search);
  for (const [name, field] of Object.entries(codec)) {
    const text = field.write(state[name]);
    if (text === field.write(field.initial)) query.delete(name);
    else query.set(name, text);
  }
  // Addresses are read by people: signs that are safe in a query stay as they are.
  return query.toString().replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%40/g, '@').replace(/%2F/g, '/');
}
