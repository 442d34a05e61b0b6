/** Quantities as Kubernetes writes them: 500m, 1.5Gi, 2e3. */
const SUFFIXES: Record<string, number> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** NaN for what is none. */
export function quantity(text: string): number {
  const [, number = '', suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  if (number === '') return Number.NaN;
  const power = BINARY.indexOf(suffix) + 1;
  return Number(number) * (power > 0 ? 1024 ** power : (SUFFIXES[suffix] ?? Number.NaN));
}
