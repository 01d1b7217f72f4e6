// Markdown of cards as React nodes. Only what is listed here becomes an element; everything else, HTML included, is text.
import type { ReactNode } from 'react';

export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { kind: 'table'; head: string[]; align: ('left' | 'right' | 'center')[]; rows: string[][] }
  | { kind: 'matter'; text: string }
  | { kind: 'rule' };

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})(?:\s+(.*?))?\s*#*\s*$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(?:\s+(.*)|)$/;
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/;
const DIVIDER = /^ *\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$/;
const DEPTH = 12;

function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function alignOf(cell: string): 'left' | 'right' | 'center' {
  const text = cell.trim();
  return text.endsWith(':') ? (text.startsWith(':') ? 'center' : 'right') : 'left';
}

/** Blocks of a document; a YAML front matter is kept apart. */
export function blocksOf(source: string): Block[] {
  const text = source.replace(/\r\n?/g, '\n');
  const matter = /^---\n([\s\S]*?)\n---\n/.exec(text);
  const blocks = read((matter ? text.slice(matter[0].length) : text).split('\n'), 0);
  return matter ? [{ kind: 'matter', text: matter[1] as string }, ...blocks] : blocks;
}

function read(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as string;
    if (line.trim() === '') at++;
    else if (FENCE.test(line)) at = readCode(lines, at, blocks);
    else if (HEADING.test(line)) {
      const match = HEADING.exec(line) as RegExpExecArray;
      blocks.push({ kind: 'heading', level: (match[1] as string).length, text: match[2] ?? '' });
      at++;
    } else if (RULE.test(line)) {
      blocks.push({ kind: 'rule' });
      at++;
    } else if (line.includes('|') && DIVIDER.test(lines[at + 1] ?? '') && (lines[at + 1] as string).includes('-')) at = readTable(lines, at, blocks);
    else if (ITEM.test(line) && depth < DEPTH) at = readList(lines, at, blocks, depth);
    else if (/^ {0,3}>/.test(line) && depth < DEPTH) {
      const inner: string[] = [];
      while (at < lines.length && /^ {0,3}>/.test(lines[at] as string)) inner.push((lines[at++] as string).replace(/^ {0,3}> ?/, ''));
      blocks.push({ kind: 'quote', blocks: read(inner, depth + 1) });
    } else at = readParagraph(lines, at, blocks, depth);
  }
  return blocks;
}

function readCode(lines: readonly string[], from: number, blocks: Block[]): number {
  const fence = (FENCE.exec(lines[from] as string) as RegExpExecArray)[1] as string;
  const inner: string[] = [];
  let at = from + 1;
  while (at < lines.length && !(lines[at] as string).trim().startsWith(fence)) inner.push(lines[at++] as string);
  blocks.push({ kind: 'code', text: inner.join('\n') });
  return at + 1;
}

function readTable(lines: readonly string[], from: number, blocks: Block[]): number {
  const head = cellsOf(lines[from] as string);
  const align = cellsOf(lines[from + 1] as string).map(alignOf);
  const rows: string[][] = [];
  let at = from + 2;
  while (at < lines.length && (lines[at] as string).includes('|')) rows.push(cellsOf(lines[at++] as string));
  blocks.push({ kind: 'table', head, align, rows });
  return at;
}

function readList(lines: readonly string[], from: number, blocks: Block[], depth: number): number {
  const first = ITEM.exec(lines[from] as string) as RegExpExecArray;
  const indent = (first[1] as string).length;
  const ordered = /\d/.test(first[2] as string);
  const items: Block[][] = [];
  let item: string[] | null = null;
  let at = from;
  const close = (): void => {
    if (item) items.push(read(item, depth + 1));
  };
  for (; at < lines.length; at++) {
    const line = lines[at] as string;
    const match = ITEM.exec(line);
    if (match && (match[1] as string).length <= indent && /\d/.test(match[2] as string) === ordered) {
      close();
      item = [match[3] ?? ''];
    } else if (line.trim() === '') {
      const next = lines[at + 1] ?? '';
      if (!/^\s/.test(next) && !ITEM.test(next)) break;
      item?.push('');
    } else if (/^\s/.test(line)) item?.push(line.slice(Math.min(indent + 2, line.length - line.trimStart().length)));
    else if (match || HEADING.test(line) || FENCE.test(line)) break;
    else item?.push(line); // a lazy continuation of the paragraph
  }
  close();
  blocks.push({ kind: 'list', ordered, start: ordered ? Number.parseInt(first[2] as string, 10) : 1, items });
  return at;
}

function readParagraph(lines: readonly string[], from: number, blocks: Block[], depth: number): number {
  const inner: string[] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] as string;
    const ends = line.trim() === '' || HEADING.test(line) || FENCE.test(line) || RULE.test(line) || (ITEM.test(line) && depth < DEPTH) || /^ {0,3}>/.test(line);
    if (at > from && ends) break;
    inner.push(line.trim());
  }
  blocks.push({ kind: 'paragraph', text: inner.join('\n') });
  return at;
}

/** An address that a card may link to: the web, mail, or a place on this page. */
export function safeHref(address: string): string | null {
  const given = address.trim();
  if (/^(https?:\/\/|mailto:)/i.test(given)) return given;
  return /^#[\w-]*$/.test(given) ? given : null;
}

// Pictures only from inside the document: nothing is fetched because a card says so.
function safeImage(address: string): string | null {
  return /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(address) ? address : null;
}

const INLINE = /(`+)([\s\S]*?[^`])\1(?!`)|!\[([^\]]*)\]\(([^)\s]+)\)|\[([^\]]+)\]\(([^)\s]+)(?:\s+"[^"]*")?\)|<(https?:\/\/[^>\s]+)>|(\*\*|__)(?=\S)([\s\S]*?\S)\8|(\*|_)(?=\S)([\s\S]*?\S)\10(?!\w)|\\([!-/:-@[-`{-~])|( {2,}|\\)\n/g;

function inline(text: string, depth = 0): ReactNode[] {
  const nodes: ReactNode[] = [];
  let at = 0;
  const rest = (value: string): ReactNode[] => (depth < DEPTH ? inline(value, depth + 1) : [value]);
  for (const match of text.matchAll(INLINE)) {
    const { index } = match;
    const inWord = match[10] === '_' && /\w/.test(text[index - 1] ?? '');
    if (index < at || inWord) continue;
    if (index > at) nodes.push(text.slice(at, index));
    at = index + match[0].length;
    const key = index;
    if (match[2] !== undefined) nodes.push(<code key={key}>{match[2].trim()}</code>);
    else if (match[4] !== undefined) {
      const source = safeImage(match[4]);
      nodes.push(source ? <img key={key} src={source} alt={match[3] ?? ''} /> : match[0]);
    } else if (match[6] !== undefined) {
      const to = safeHref(match[6]);
      nodes.push(to ? <a key={key} href={to} rel="noreferrer noopener" target={to.startsWith('#') ? undefined : '_blank'}>{rest(match[5] as string)}</a> : match[0]);
    } else if (match[7] !== undefined) nodes.push(<a key={key} href={match[7]} rel="noreferrer noopener" target="_blank">{match[7]}</a>);
    else if (match[9] !== undefined) nodes.push(<strong key={key}>{rest(match[9])}</strong>);
    else if (match[11] !== undefined) nodes.push(<em key={key}>{rest(match[11])}</em>);
    else if (match[12] !== undefined) nodes.push(match[12]);
    else nodes.push(<br key={key} />);
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

function BlockView({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case 'heading': {
      // The page's title is the h1: a card's own headings stand below it.
      const Heading = `h${Math.min(6, block.level + 1)}` as 'h2';
      return <Heading dir="auto">{inline(block.text)}</Heading>;
    }
    case 'paragraph':
      return <p dir="auto">{inline(block.text)}</p>;
    case 'code':
      return <pre tabIndex={0}><code>{block.text}</code></pre>;
    case 'quote':
      return <blockquote><Blocks blocks={block.blocks} /></blockquote>;
    case 'rule':
      return <hr />;
    case 'matter':
      return null;
    case 'list': {
      const items = block.items.map((item, i) => <li key={i} dir="auto">{item.length === 1 && item[0]?.kind === 'paragraph' ? inline(item[0].text) : <Blocks blocks={item} />}</li>);
      return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={block.head.join(', ')}>
          <table className="table">
            <thead><tr>{block.head.map((cell, i) => <th key={i} scope="col" className={block.align[i] === 'right' ? 'num' : undefined}>{inline(cell)}</th>)}</tr></thead>
            <tbody>
              {block.rows.map((row, i) => (
                <tr key={i}>{block.head.map((_, j) => <td key={j} dir="auto" className={block.align[j] === 'right' ? 'num' : undefined}>{inline(row[j] ?? '')}</td>)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

export function Blocks({ blocks }: { blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, i) => <BlockView key={i} block={block} />);
}
