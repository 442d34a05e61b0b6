import { access, rename, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { serviceFileTemplate } from '../../config/template.ts';
import type { Context, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { folderOf } from '../serviceFile.ts';

interface InitOptions {
  service?: string;
  command?: string;
  listen?: string;
  health?: string;
  identity?: string;
  yes?: boolean;
  force?: boolean;
}

export const run: Run<InitOptions> = async (context, _args, options) => {
  if (!options.force && (await exists(context.file))) {
    throw new UsageError(`${context.file} exists already; --force replaces it`);
  }
  const answers = await ask(context, options);
  const text = serviceFileTemplate({
    service: answers.service,
    command: words(answers.command),
    ports: { blue: 9101, green: 9102 },
    listen: answers.listen,
    readinessPath: answers.health,
    ...(answers.identity === '' ? {} : { identity: { path: answers.identity, json: 'version' } }),
  });
  await writeChecked(context.file, text);
  context.out.result({ file: resolve(context.file), service: answers.service }, `wrote ${context.file}; next: cutover dev`);
  return EXIT.done;
};

interface Answers {
  service: string;
  command: string;
  listen: string;
  health: string;
  /** Empty: the program does not say its version. */
  identity: string;
}

const QUESTIONS: [key: keyof Answers, question: string][] = [
  ['service', 'name of the service'],
  ['command', 'how is it started'],
  ['listen', 'address that users connect to'],
  ['health', 'path that answers 2xx when it is ready'],
  ['identity', 'path whose JSON answer has a field "version", empty for none'],
];

/** Asks for what was not given, where a person is there to answer; else the defaults. */
async function ask(context: Context, options: InitOptions): Promise<Answers> {
  const answers: Answers = {
    service: options.service ?? serviceNameOf(folderOf(context.file)),
    command: options.command ?? 'node app.js',
    listen: options.listen ?? '127.0.0.1:8080',
    health: options.health ?? '/ready',
    identity: options.identity ?? '',
  };
  const interactive = !options.yes && context.out.format === 'text' && process.stdin.isTTY && process.stderr.isTTY;
  if (!interactive) return answers;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (const [key, question] of QUESTIONS) if (options[key] === undefined) answers[key] = await answer(prompt, question, answers[key]);
  } finally {
    prompt.close();
  }
  return answers;
}

const answer = async (prompt: Interface, question: string, fallback: string): Promise<string> =>
  (await prompt.question(fallback === '' ? `${question}: ` : `${question} [${fallback}]: `)).trim() || fallback;

/** `My Shop!` → `my-shop` */
function serviceNameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return name === '' ? 'shop' : name;
}

/** Words as a shell would split them: quotes keep spaces. */
function words(line: string): string[] {
  const found = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare!);
  if (found.length === 0) throw new UsageError('the command must not be empty');
  return found;
}

/** Puts the file in its place only when it is valid. Throws UsageError with what the answers make wrong. */
async function writeChecked(file: string, text: string): Promise<void> {
  const { loadServiceFile } = await import('../../config/load.ts');
  const fresh = `${file}.${process.pid}.new`;
  try {
    await writeFile(fresh, text);
    await loadServiceFile(fresh);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    if (!(error instanceof Error) || error.name !== 'ConfigError') throw error;
    throw new UsageError(error.message.replaceAll(`${fresh}:`, `${file}:`));
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
