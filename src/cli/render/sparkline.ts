const BARS = '▁▂▃▄▅▆▇█';
const NO_DATA = '·';

/** The newest `width` values, oldest first, as bars from 0 to the largest of them and `bound`; a dot where there was no data. */
export function sparkline(values: readonly (number | null)[], bound: number | undefined, width = 20): string {
  const shown = values.slice(-width);
  const top = Math.max(bound ?? 0, ...shown.map((value) => value ?? 0));
  return shown.map((value) => (value === null ? NO_DATA : bar(value, top))).join('');
}

function bar(value: number, top: number): string {
  const share = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0;
  return BARS[Math.round(share * (BARS.length - 1))]!;
}
