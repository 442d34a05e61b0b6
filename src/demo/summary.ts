import type { Style } from '../cli/render/style.ts';
import type { Tally } from './tally.ts';

/** What, how much, and a note. */
export type Row = readonly [string, string, string];

export interface Told {
  tally: Tally;
  /** How often users were moved, in words. */
  moves: string;
  /** What else was counted. */
  more: readonly Row[];
  /** The script of package.json that runs it. */
  script: string;
  /** Of the Temporal UI. */
  ui: string;
  keepOpen: boolean;
  seconds: number;
}

const number = (count: number): string => count.toLocaleString('en');

/** What users saw, for somebody who reads nothing else. */
export function summaryLines({ tally, moves, more, script, ui, keepOpen, seconds }: Told, style: Style): string[] {
  const { total, sent, good, bad, failures } = tally;
  const kinds = Object.entries(sent).map(([kind, count]) => `${number(count)} ${kind}`);
  const versions = [...good].map(([version, count]) => `${version} ${number(count)}`);
  const badSeconds = ((bad.lastAt - bad.firstAt) / 1_000).toFixed(1);
  const rows: Row[] = [
    ['requests sent', number(total), kinds.join(', ')],
    ['answered well', number([...good.values()].reduce((sum, count) => sum + count, 0)), versions.join(', ')],
    ['failed because of a switch', number(failures.length), moves],
    ['bad answers of v3 itself', number(bad.count), '5xx that users saw until v3 was rolled back; no router can undo those'],
    ['first to last bad answer', `${badSeconds} s`, 'the bound is checked each second'],
    ...more,
  ];
  return [
    `${style.bold('What users saw')} in the ${seconds.toFixed(0)} s of this story`,
    ...rows.map(([what, value, note]) => `    ${what.padEnd(27)}${style.bold(value.padStart(7))}   ${style.dim(note)}`.trimEnd()),
    '',
    `Every step is on record in the Temporal UI: ${style.cyan(`${ui}/namespaces/default/workflows/cutover%2Fshop`)}`,
    ...(keepOpen
      ? []
      : [style.dim(`    (it closes with the demo; \`npm run ${script} -- --keep-open\` leaves it, and all the rest, running)`)]),
  ];
}
