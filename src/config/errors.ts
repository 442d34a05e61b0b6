/** Where in the service file, from the top: `['monitor', 'checks', 0, 'max']`. */
export type KeyPath = readonly (string | number)[];

/** One thing that is wrong. `line` and `column` count from 1; null where the file as a whole is meant. */
export interface Fault {
  line: number | null;
  column?: number;
  path: string;
  message: string;
}

/** More than anybody reads; the rest is counted. */
const MOST_FAULTS = 50;

/** A service file that cannot be used: all its faults, in the order of their lines. `message` has one line for each. */
export class ConfigError extends Error {
  readonly faults: readonly Fault[];

  constructor(
    readonly file: string,
    faults: readonly Fault[],
  ) {
    const ordered = [...faults].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
    const shown = ordered.slice(0, MOST_FAULTS).map((fault) => formatFault(file, fault));
    if (ordered.length > shown.length) shown.push(`${file}: and ${ordered.length - shown.length} more`);
    super(shown.join('\n'));
    this.name = 'ConfigError';
    this.faults = ordered;
  }
}

/** `cutover.yaml:12: monitor.checks[0].max: expected a number, found "5%"` */
export function formatFault(file: string, fault: Fault): string {
  const place = fault.line === null ? file : `${file}:${fault.line}`;
  return [place, fault.path, fault.message].filter((part) => part !== '').join(': ');
}

/** `monitor.checks[0].max` */
export function formatPath(path: KeyPath): string {
  const words = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 60))}]`;
  });
  return words.join('').replace(/^\./, '');
}
