// A chart as a file: SVG with text as text and every style resolved, PNG drawn from that SVG on a canvas. Nothing here
// needs inline scripts, style attributes or another host, so it works under the strict content security policy.
import { type Origin, originLines } from './csv';

const SVG = 'http://www.w3.org/2000/svg';
const COPIED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'paint-order',
  'font-size',
  'font-weight',
  'font-family',
  'text-anchor',
  'dominant-baseline',
] as const;
const KEPT = new Set([
  'd',
  'x',
  'y',
  'x1',
  'y1',
  'x2',
  'y2',
  'cx',
  'cy',
  'r',
  'rx',
  'ry',
  'width',
  'height',
  'points',
  'transform',
  'id',
  'patternUnits',
  'patternTransform',
  'clip-path',
  'direction',
  'dx',
  'dy',
  'dir',
]);
const TOP = 30;
const LINE = 18;

export interface Picture {
  title: string;
  summary: string;
  origin: Origin | null;
  locale: string;
}

function make(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

function copy(from: Element): Node | null {
  if (from.hasAttribute('data-live')) return null;
  const to = document.createElementNS(SVG, from.localName);
  for (const { name, value } of Array.from(from.attributes)) {
    // A view that can be panned is exported whole, at its own size.
    const space = name === 'transform' ? from.getAttribute('data-view') : null;
    if (KEPT.has(name)) to.setAttribute(name, space === null ? value : `translate(${space} ${space})`);
  }
  if (from.localName !== 'title' && from.localName !== 'desc') {
    const style = getComputedStyle(from);
    for (const name of COPIED) {
      const value = style.getPropertyValue(name);
      if (!value || (value === 'none' && name !== 'fill') || (name.endsWith('opacity') && value === '1')) continue;
      // A reference to a pattern of this picture is kept short: the page's address means nothing in a file.
      to.setAttribute(name, value.replace(/url\(["']?[^#]*#([^"')]+)["']?\)/, 'url(#$1)'));
    }
  }
  for (const child of Array.from(from.childNodes)) {
    if (child.nodeType === Node.TEXT_NODE) to.append(child.textContent ?? '');
    else if (child.nodeType === Node.ELEMENT_NODE) {
      const copied = copy(child as Element);
      if (copied) to.append(copied);
    }
  }
  return to;
}

function caption(origin: Origin | null): string[] {
  if (!origin) return [];
  const digest = origin.evidence[0];
  const parts = [digest ? digest.slice(0, 19) : '', origin.run ? `run ${origin.run.slice(0, 8)}` : '', origin.finished];
  return [parts.filter(Boolean).join(' \u00b7 ')];
}

/** The chart as a stand-alone document: title above, origin below, both also as title, desc and metadata. */
export function pictureOf(svg: SVGSVGElement, picture: Picture): { text: string; width: number; height: number } {
  const box = svg.viewBox.baseVal;
  const whole = svg.dataset['whole']?.split(' ').map(Number);
  const width = Math.ceil(whole?.[0] ?? (box && box.width ? box.width : svg.clientWidth));
  const inner = Math.ceil(whole?.[1] ?? (box && box.height ? box.height : svg.clientHeight));
  const foot = caption(picture.origin);
  const height = inner + TOP + foot.length * LINE + 6;
  const page = getComputedStyle(svg);
  const font = page.fontFamily;
  const look = (name: string, fallback: string): string => page.getPropertyValue(name).trim() || fallback;
  const root = make('svg', { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' });
  root.setAttribute('lang', picture.locale);
  root.append(make('title', {}, picture.title), make('desc', {}, picture.summary));
  if (picture.origin) root.append(make('metadata', {}, originLines(picture.origin).join('\n')));
  root.append(make('rect', { width, height, fill: look('--sheet', '#fffefb') }));
  const text = { x: 8, 'font-family': font };
  root.append(
    make(
      'text',
      { ...text, y: 20, 'font-size': 13, 'font-weight': 600, fill: look('--ink', '#16211f') },
      picture.title,
    ),
  );
  const body = make('g', { transform: `translate(0 ${TOP})` });
  for (const child of Array.from(svg.children)) {
    const copied = copy(child);
    if (copied) body.append(copied);
  }
  root.append(body);
  foot.forEach((line, i) => {
    const y = TOP + inner + (i + 1) * LINE - 4;
    root.append(make('text', { ...text, y, 'font-size': 11, fill: look('--ink2', '#47534f') }, line));
  });
  return {
    text: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`,
    width,
    height,
  };
}

async function base64(address: string): Promise<string> {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

let faces: Promise<string> | undefined;

/** The page's latin face as a rule with its bytes in it: a picture made from SVG sees none of the page's fonts. */
async function latinFace(): Promise<string> {
  for (const sheet of Array.from(document.styleSheets)) {
    for (const rule of Array.from(sheet.cssRules)) {
      if (!(rule instanceof CSSFontFaceRule)) continue;
      const range = rule.style.getPropertyValue('unicode-range');
      const source = /url\(["']?([^"')]+)["']?\)/.exec(rule.style.getPropertyValue('src'))?.[1];
      const plain =
        rule.style.getPropertyValue('font-style') !== 'italic' &&
        /sans/i.test(rule.style.getPropertyValue('font-family'));
      if (!source || !plain || !/U\+0{0,4}-/i.test(range)) continue;
      const data = await base64(new URL(source, sheet.href ?? document.baseURI).href);
      const family = rule.style.getPropertyValue('font-family');
      return `@font-face{font-family:${family};font-weight:100 700;src:url(data:font/woff2;base64,${data}) format('woff2')}`;
    }
  }
  return '';
}

/** The text of the picture with the page's face inside; without it where it cannot be had. */
async function withFace(text: string): Promise<string> {
  faces ??= latinFace().catch(() => '');
  const rule = await faces;
  return rule ? text.replace(/(<svg[^>]*>)/, (opening) => `${opening}<style>${rule}</style>`) : text;
}

/** Draws the picture at `scale` device pixels per CSS pixel, 1 to 4. */
export async function pngOf(svg: SVGSVGElement, picture: Picture, scale: number): Promise<Blob> {
  const { text, width, height } = pictureOf(svg, picture);
  const address = URL.createObjectURL(new Blob([await withFace(text)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Hands a file to the person through the browser's own download. */
export function download(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** File name from words of any script, without characters that a file system refuses. */
export function fileName(parts: readonly string[], extension: string): string {
  const name = parts
    .join('-')
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f/\\:*?"<>|\s]+/g, '-')
    .replace(/-+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `${Array.from(name).slice(0, 80).join('') || 'chart'}.${extension}`;
}
