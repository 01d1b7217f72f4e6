// The numbers behind a chart, as a file that says where they come from.

export interface Origin {
  evidence: readonly string[];
  refs: Readonly<Record<string, string>>;
  seed: number | null;
  code: string;
  run: string;
  finished: string;
  signature: string;
  stale: boolean;
}

export type Cell = string | number | null;

export interface Sheet {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

// A spreadsheet runs a cell that starts with one of these as a formula: a leading ' makes it text.
const FORMULA = /^[=+\-@\t\r]/;

function quote(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number')
    return Number.isFinite(cell) ? String(cell) : Number.isNaN(cell) ? '' : cell > 0 ? 'Infinity' : '-Infinity';
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function comment(text: string): string {
  return `# ${text.replace(/[\r\n]+/g, ' ')}`;
}

export function originLines(origin: Origin): string[] {
  const refs = Object.entries(origin.refs).map(([role, ref]) => `${role}=${ref}`);
  return [
    `evidence: ${origin.evidence.join(' ')}`,
    ...(refs.length ? [`refs: ${refs.join(' ')}`] : []),
    `run: ${origin.run}`,
    `finished: ${origin.finished}`,
    `code: ${origin.code}`,
    ...(origin.seed === null ? [] : [`seed: ${origin.seed}`]),
    `signature: ${origin.signature}`,
    ...(origin.stale ? ['stale: a newer version of an input exists'] : []),
  ];
}

/** RFC 4180 lines after `#` comments that name the title and the origin of the numbers. */
export function toCsv(title: string, sheet: Sheet, origin: Origin | null): string {
  const head = [title, ...(origin ? originLines(origin) : [])].map(comment);
  const body = [sheet.columns, ...sheet.rows].map((row) => row.map(quote).join(','));
  return [...head, ...body].join('\r\n') + '\r\n';
}
