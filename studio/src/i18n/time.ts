// Moments and durations in words of a language. The server speaks RFC 3339 UTC; people read their own zone.

const cache = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.NumberFormat>();
function kept<T extends Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  let found = cache.get(key);
  if (!found) cache.set(key, (found = make()));
  return found as T;
}

/** Date and time of day, short; '' where the moment cannot be read. */
export function formatMoment(time: string | null | undefined, locale: string): string {
  const date = new Date(time ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return kept(`d${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })).format(date);
}

/** "3 minutes ago"; beyond a month the date. */
export function formatAgo(time: string | null | undefined, locale: string, now: number): string {
  const date = new Date(time ?? '');
  if (Number.isNaN(date.getTime())) return '';
  const seconds = (date.getTime() - now) / 1000;
  const format = kept(`r${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  const steps = [['second', 1, 60], ['minute', 60, 60], ['hour', 3600, 24], ['day', 86400, 30]] as const;
  for (const [unit, size, most] of steps) {
    const count = Math.round(seconds / size);
    if (Math.abs(count) < most) return format.format(unit === 'second' && Math.abs(count) < 10 ? 0 : count, unit);
  }
  return kept(`D${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })).format(date);
}

function unit(value: number, name: string, digits: number, locale: string): string {
  const options: Intl.NumberFormatOptions = { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits };
  return kept(`u${name}${digits}${locale}`, () => new Intl.NumberFormat(locale, options)).format(value);
}

/** 12 ms, 3.4 s, 2 min 5 s, 1 h 20 min. */
export function formatSeconds(seconds: number | null | undefined, locale: string): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return '\u2014';
  if (seconds < 1) return unit(Math.round(seconds * 1000), 'millisecond', 0, locale);
  if (seconds < 60) return unit(seconds, 'second', seconds < 10 ? 1 : 0, locale);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${unit(minutes, 'minute', 0, locale)} ${unit(Math.floor(seconds % 60), 'second', 0, locale)}`;
  return `${unit(Math.floor(minutes / 60), 'hour', 0, locale)} ${unit(minutes % 60, 'minute', 0, locale)}`;
}

/** 333 bytes, 82 kB, 1.4 MB: powers of ten. */
export function formatBytes(bytes: number, locale: string): string {
  const names = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  let at = 0;
  let size = bytes;
  while (size >= 999.5 && at < names.length - 1) {
    size /= 1000;
    at++;
  }
  return unit(size, names[at] as string, at > 0 && size < 10 ? 1 : 0, locale);
}
