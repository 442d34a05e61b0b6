/** How text is emphasised: with escape codes in a terminal, not at all anywhere else. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const code =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`;
const same = (text: string): string => text;

export const PLAIN: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };
export const COLORFUL: Style = {
  bold: code(1, 22),
  dim: code(2, 22),
  red: code(31, 39),
  green: code(32, 39),
  yellow: code(33, 39),
  cyan: code(36, 39),
};

/** --no-color, then NO_COLOR, then FORCE_COLOR, then whether a person looks at it. */
export function styleFor(stream: { isTTY?: boolean }, wanted: boolean, env: NodeJS.ProcessEnv = process.env): Style {
  if (!wanted || env.NO_COLOR) return PLAIN;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR === '0' ? PLAIN : COLORFUL;
  return stream.isTTY && env.TERM !== 'dumb' ? COLORFUL : PLAIN;
}
