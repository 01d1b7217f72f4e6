// Widths of labels before they are drawn: measured on a canvas where there is one, estimated elsewhere.
let context: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();

function estimate(text: string, size: number): number {
  let units = 0;
  for (const point of text) units += (point.codePointAt(0) as number) > 0x2e7f ? 1 : 0.56;
  return units * size;
}

/** Width in pixels of the text in the studio's sans face. */
export function textWidth(text: string, size = 14, weight = 400): number {
  const key = `${weight} ${size} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (context === undefined) {
    try {
      context = typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d');
    } catch {
      context = null;
    }
  }
  let width = estimate(text, size);
  if (context) {
    context.font = `${weight} ${size}px "IBM Plex Sans Variable","IBM Plex Sans",system-ui,sans-serif`;
    const measured = context.measureText(text).width;
    if (measured > 0) width = measured;
  }
  if (widths.size > 5000) widths.clear();
  widths.set(key, width);
  return width;
}
