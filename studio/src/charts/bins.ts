// Bins ready to draw: shares, another version laid over the same places, heights after the scale.

export interface Histogram {
  edges: readonly number[];
  counts: readonly number[];
}

export interface Bin {
  from: number;
  to: number;
  count: number;
  share: number;
  /** expected count of the other version in this bin, its rows spread evenly within its own bins */
  ghost: number | null;
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Counts of `other` in the bins of `edges`; what lies outside goes to the first or last bin. */
export function rebin(other: Histogram, edges: readonly number[]): number[] {
  const bins = edges.length - 1;
  const out = new Array<number>(Math.max(0, bins)).fill(0);
  if (bins < 1) return out;
  const first = edges[0] as number;
  const last = edges[bins] as number;
  other.counts.forEach((count, i) => {
    const from = other.edges[i] as number;
    const to = other.edges[i + 1] as number;
    if (!count) return;
    if (to <= from || to <= first || from >= last) {
      const middle = (from + to) / 2;
      const at =
        middle <= first ? 0 : middle >= last ? bins - 1 : edges.findIndex((edge, k) => k > 0 && middle <= edge) - 1;
      out[at] = (out[at] as number) + count;
      return;
    }
    const width = to - from;
    for (let k = 0; k < bins; k += 1) {
      const low = k === 0 ? -Infinity : (edges[k] as number);
      const high = k === bins - 1 ? Infinity : (edges[k + 1] as number);
      const overlap = Math.min(to, high) - Math.max(from, low);
      if (overlap > 0) out[k] = (out[k] as number) + (count * overlap) / width;
    }
  });
  return out;
}

export function binsOf(histogram: Histogram, ghost?: Histogram | null): Bin[] {
  const sum = total(histogram.counts);
  const other = ghost ? rebin(ghost, histogram.edges) : null;
  const scale = ghost && total(ghost.counts) > 0 ? sum / total(ghost.counts) : 1;
  return histogram.counts.map((count, i) => ({
    from: histogram.edges[i] as number,
    to: histogram.edges[i + 1] as number,
    count,
    share: sum > 0 ? count / sum : 0,
    ghost: other ? (other[i] as number) * scale : null,
  }));
}
