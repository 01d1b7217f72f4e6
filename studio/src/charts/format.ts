// Numbers as people read them: in their language, with a true minus, tabular, never "NaN".

export type Unit = 'number' | 'count' | 'percent' | 'ratio' | 'seconds';

const DASH = '\u2014';
const MINUS = '\u2212';
const cache = new Map<string, Intl.NumberFormat>();

function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let found = cache.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locale, options);
    cache.set(key, found);
  }
  return found;
}

function signed(text: string): string {
  return text.replace(/(^|E)-(?=[\d.,])/g, `$1${MINUS}`);
}

/** The number in a JSON field that may also say "Infinity"; null stays null. */
export function asNumber(value: number | string | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (value === 'Infinity' || value === '-Infinity') return Number(value);
  return null;
}

function plain(value: number, locale: string, options: Intl.NumberFormatOptions): string {
  if (!Number.isFinite(value)) return value > 0 ? '\u221e' : MINUS + '\u221e';
  return signed(formatter(locale, { signDisplay: 'negative', ...options }).format(value));
}

export function formatCount(value: number | null, locale: string): string {
  return value === null ? DASH : plain(value, locale, { maximumFractionDigits: 0 });
}

/** Short count for axes: 1.2K, 3 万. */
export function formatCompact(value: number | null, locale: string): string {
  if (value === null) return DASH;
  return plain(value, locale, { notation: 'compact', maximumFractionDigits: 1 });
}

export function formatPercent(value: number | null, locale: string, digits = 1): string {
  if (value === null) return DASH;
  const options = { style: 'percent' as const, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return plain(value, locale, options);
}

/** A confidence level: 95%, 99.9%. */
export function formatLevel(level: number, locale: string): string {
  return plain(level, locale, { style: 'percent', maximumFractionDigits: 2 });
}

/** Difference of two rates in percentage points, without the unit. */
export function formatPoints(value: number | null, locale: string): string {
  return value === null ? DASH : plain(value * 100, locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

export function formatFixed(value: number | null, locale: string, digits: number): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value === null ? DASH : plain(value, locale, options);
}

/** About four meaningful digits, grouped; powers of ten only where the figure would not fit. */
export function formatNumber(value: number | null, locale: string, digits = 4): string {
  if (value === null) return DASH;
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e9)) {
    return plain(value, locale, { notation: 'scientific', maximumSignificantDigits: digits });
  }
  if (Number.isInteger(value)) return plain(value, locale, { maximumFractionDigits: 0 });
  return plain(value, locale, { maximumSignificantDigits: Math.max(digits, Math.ceil(Math.log10(size + 1))) });
}

/** Ticks of one axis share their digits: the fewest that tell all of them apart. */
export function tickFormatter(ticks: readonly number[], unit: Unit, locale: string): (value: number) => string {
  const scale = unit === 'percent' ? 100 : 1;
  const gaps = ticks.slice(1).map((tick, i) => Math.abs(tick - (ticks[i] as number)) * scale);
  const smallest = gaps.length ? Math.min(...gaps.filter((gap) => gap > 0)) : Math.abs((ticks[0] ?? 1) * scale);
  const digits = smallest > 0 && Number.isFinite(smallest) ? Math.max(0, -Math.floor(Math.log10(smallest) + 1e-9)) : 0;
  const largest = Math.max(0, ...ticks.map(Math.abs));
  if (unit === 'percent') return (value) => formatPercent(value, locale, Math.min(digits, 6));
  if (largest >= 10000) return (value) => formatCompact(value, locale);
  if (digits > 6) return (value) => formatNumber(value, locale, 3);
  return (value) => formatFixed(value, locale, digits);
}

/** A value of a metric in its own unit: rates as percentages, ratios with two digits, differences in points. */
export function formatUnit(value: number | null, unit: Unit, locale: string): string {
  if (unit === 'percent') return formatPercent(value, locale);
  if (unit === 'count') return formatCount(value, locale);
  if (unit === 'ratio') return formatFixed(value, locale, 2);
  return formatNumber(value, locale);
}

const segmenter =
  typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null;

function characters(text: string): string[] {
  return segmenter ? Array.from(segmenter.segment(text), ({ segment }) => segment) : Array.from(text);
}

/** Long names keep both ends; the full one belongs in the tooltip. Counts what people see as characters, and cuts none. */
export function middleEllipsis(text: string, most: number): string {
  if (text.length <= most) return text;
  // A character may be many code units long; of a very long name only its ends are looked at.
  const reach = 16 * most + 64;
  const whole = text.length <= 2 * reach;
  const start = characters(whole ? text : text.slice(0, reach));
  if (whole && start.length <= most) return text;
  const end = whole ? start : characters(text.slice(-reach)).slice(1);
  const head = Math.ceil((most - 1) / 2);
  const tail = Math.floor((most - 1) / 2);
  return start.slice(0, head).join('') + '\u2026' + (tail > 0 ? end.slice(-tail).join('') : '');
}
