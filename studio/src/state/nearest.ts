/** Edit distance (insert, delete, replace, swap of neighbours), at most `most` + 1. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, (before[j - 2] as number) + 1);
      next.push(value);
      least = Math.min(least, value);
    }
    if (least > most) return most + 1;
    before = row;
    row = next;
  }
  return row[b.length] as number;
}

/** Those of `known` that `wanted` may have meant: part of it, or within `most` edits; the nearest first. */
export function nearest<T>(wanted: string, known: readonly T[], nameOf: (item: T) => string, most = 2): T[] {
  const small = wanted.toLowerCase().slice(0, 200);
  const found: { item: T; far: number }[] = [];
  for (const item of known) {
    const name = nameOf(item).toLowerCase();
    const part = small.length > 2 && (name.includes(small) || small.includes(name));
    const far = Math.min(distance(small, name, most), part ? most : most + 1);
    if (far <= most) found.push({ item, far });
  }
  return found.sort((a, b) => a.far - b.far).map((each) => each.item);
}
