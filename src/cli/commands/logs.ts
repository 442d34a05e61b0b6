import { COLORS, type Color } from '../../core/plan.ts';
import { logFile } from '../../providers/environments/colorLog.ts';
import { stateDir } from '../../state.ts';
import type { Context, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { followFile, lastLines } from '../logFile.ts';
import { folderOf } from '../serviceFile.ts';
import { untilStopped } from '../signals.ts';

interface LogsOptions {
  follow?: boolean;
  lines?: string;
}

export const run: Run<LogsOptions> = async (context, [first, second], options) => {
  const count = parseCount(options.lines ?? '200');
  const alone = second === undefined && (first === 'blue' || first === 'green');
  const [named, color] = alone ? [undefined, first] : [first, second];
  const colors = color === undefined ? COLORS : [parseColor(color)];
  const service = await context.serviceName(named);
  const folder = await whereDeployed(context, service);
  const files = colors.map((one) => ({ color: one, path: logFile(stateDir(service, folder), one) }));
  const read = await Promise.all(files.map(async ({ color: one, path }) => ({ color: one, path, ...(await lastLines(path, count)) })));
  const prefix = (one: Color): string => (colors.length > 1 ? `${context.out.style.dim(one.padEnd(5))} ` : '');
  const text = read.flatMap(({ color: one, lines }) => lines.map((line) => prefix(one) + line));
  if (read.every(({ end }) => end === null))
    context.out.note(`no output of ${service} is kept in ${files.map(({ path }) => path).join(', ')}`);
  if (!options.follow || context.out.format === 'json') {
    context.out.result({ service, logs: read.map(({ color: one, path, lines }) => ({ color: one, file: path, lines })) }, text.join('\n'));
    return EXIT.done;
  }
  if (text.length > 0) context.out.result(null, text.join('\n'));
  const stop = read.map(({ color: one, path, end }) => followFile(path, end ?? 0, (line) => context.out.result(null, prefix(one) + line)));
  await untilStopped();
  for (const one of stop) one();
  return EXIT.done;
};

function parseCount(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new UsageError(`--lines: "${text}" is no number of lines`);
}

function parseColor(text: string): Color {
  const color = COLORS.find((known) => known === text);
  if (color === undefined) throw new UsageError(`"${text}" is no color: blue or green`);
  return color;
}

/** The service file's folder where that names the service, else the one that it was deployed from. */
async function whereDeployed(context: Context, service: string): Promise<string> {
  const { readServiceName } = await import('../../config/serviceName.ts');
  const here = await readServiceName(context.file).catch(() => null);
  if (here === service) return folderOf(context.file);
  const plan = await (await context.connect()).plan(service);
  if (plan === null)
    throw new UsageError(`${service} is not the service of ${context.file}, and was never deployed: where its logs are is not known`);
  return plan.folder;
}
