import { CommanderError, Option, Command as Program } from 'commander';
import { version } from '../version.ts';
import { COMMANDS, type Command } from './commands.ts';
import type { CommonOptions } from './context.ts';
import { UsageError } from './errors.ts';

/** What the command line asks for. */
export type Parsed =
  | { kind: 'run'; command: Command; common: CommonOptions; args: (string | undefined)[]; options: object }
  /** Help or the version: already printed. */
  | { kind: 'shown' };

/** Throws UsageError. The common options may stand before or after the command's name. */
export async function parse(argv: readonly string[]): Promise<Parsed> {
  let parsed: Parsed = { kind: 'shown' };
  const program = commonProgram();
  for (const command of COMMANDS) {
    add(program, command, (args, options) => {
      parsed = { kind: 'run', command, common: program.opts<CommonOptions>(), args, options };
    });
  }
  if (argv.length === 0) {
    program.outputHelp({ error: true });
    throw new UsageError('no command given');
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(error.message.replace(/^error: /, ''));
  }
  return parsed;
}

function commonProgram(): Program {
  return new Program('cutover')
    .description('Blue-green deployments that people trust with production.')
    .usage('COMMAND [options]')
    .version(version, '--version', 'print the version')
    .option('-f, --file <file>', 'the service file (default: cutover.yaml)')
    .addOption(new Option('-o, --output <format>', 'json: one JSON document on standard output').choices(['text', 'json']).default('text'))
    .option('--address <host:port>', "Temporal's address (default: TEMPORAL_ADDRESS, else 127.0.0.1:7233)")
    .option('--namespace <name>', "Temporal's namespace")
    .option('--task-queue <name>', 'the task queue of the workers (default: CUTOVER_TASK_QUEUE, else cutover)')
    .option('--quiet', 'no progress, only the result')
    .option('--no-color', 'no colors')
    .helpOption('-h, --help', 'help, also for one command')
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace('[options]', '').trim()}`,
    })
    .configureOutput({ outputError: () => {} })
    .exitOverride();
}

function add(program: Program, command: Command, chosen: (args: (string | undefined)[], options: object) => void): void {
  const sub = program.command(command.name).summary(command.summary).description(command.summary);
  const names = (command.args ?? '').split(' ').filter((name) => name !== '');
  // `[SERVICE] <DURATION>`: what may be left out stands first, which commander does not know; the command sorts it out.
  const mixed = names[0]?.startsWith('[') && names.some((name) => name.startsWith('<'));
  for (const [index, name] of names.entries()) sub.argument(mixed ? (index === 0 ? '<SERVICE|DURATION>' : '[DURATION]') : name);
  sub.usage(['[options]', ...names.map((name) => name.replace(/[<>]/g, ''))].join(' '));
  for (const [flags, description] of command.options ?? []) sub.option(flags, description);
  if (command.details !== undefined) sub.addHelpText('after', `\n${command.details}`);
  sub.action((...given: unknown[]) => {
    const args = given.slice(0, names.length) as (string | undefined)[];
    chosen(args, sub.opts());
  });
}
