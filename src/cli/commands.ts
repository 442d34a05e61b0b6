import type { Run } from './context.ts';

/** One command: its line in the help, and where its code is (loaded when it is run, and nothing else). */
export interface Command {
  name: string;
  /** As the help shows them: `<VERSION>` has to be there, `[SERVICE]` may be left out. */
  args?: string;
  summary: string;
  /** Flags and what they do. */
  options?: [flags: string, description: string][];
  /** More for the command's own help. */
  details?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each module declares the options that its own entry here names.
  load(): Promise<{ run: Run<any> }>;
}

const WHO: [string, string][] = [
  ['--by <name>', "who decides (default: the CI system's actor, else user@host)"],
  ['--reason <text>', 'why, for the record'],
];
const decision = (name: string, summary: string): Command => ({
  name,
  args: '[SERVICE]',
  summary,
  options: WHO,
  load: () => import('./commands/decisions.ts').then((module) => ({ run: module[name as 'approve'] })),
});

export const COMMANDS: Command[] = [
  {
    name: 'init',
    summary: 'ask the few questions and write a service file',
    options: [
      ['--service <name>', "the service's name"],
      ['--command <line>', 'how the program is started'],
      ['--listen <address>', 'the address that users connect to'],
      ['--health <path>', 'where the program says that it is ready'],
      ['--identity <path>', 'where the program says its version, as the field `version` of a JSON answer'],
      ['--yes', 'ask nothing, take the defaults'],
      ['--force', 'replace a file that exists'],
    ],
    load: () => import('./commands/init.ts'),
  },
  { name: 'validate', summary: 'check the service file, offline', load: () => import('./commands/validate.ts') },
  {
    name: 'plan',
    args: '<VERSION>',
    summary: 'read the live state and print what a deployment would do; changes nothing',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'dev',
    summary: 'start all that is needed on this machine: a Temporal server, a worker, the router',
    options: [
      ['--keep-running', "leave the colors' processes when it stops"],
      ['--ui-port <port>', "the port of Temporal's web UI"],
    ],
    load: () => import('./commands/dev.ts'),
  },
  {
    name: 'worker',
    summary: 'run a worker in the foreground (what production runs)',
    options: [['--health-port <port>', 'answer GET /livez and /readyz there, for the probes of a cluster']],
    load: () => import('./commands/worker.ts'),
  },
  { name: 'router', summary: 'run the local router of the service file in the foreground', load: () => import('./commands/router.ts') },
  {
    name: 'deploy',
    args: '<VERSION>',
    summary: 'start a deployment',
    options: [
      ['--wait', 'follow it until its outcome, which is the exit status'],
      ['--wait-for <phase>', 'follow it until that phase'],
      ['--request-id <id>', 'a repeated job with the same id follows the deployment that it started before'],
      ...WHO,
    ],
    load: () => import('./commands/deploy.ts'),
  },
  {
    name: 'status',
    args: '[SERVICE]',
    summary: 'what one service is doing, or all',
    options: [['--live', 'read the router anew']],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'watch',
    args: '[SERVICE]',
    summary: 'the status, live, until Ctrl-C',
    details: 'With -o json: waits for the outcome of the current deployment and prints its status.',
    load: () => import('./commands/watch.ts'),
  },
  decision('approve', 'let the deployment that waits for approval go on'),
  decision('reject', 'end the deployment that waits for approval'),
  decision('promote', 'move on now: ends the wait for the switch window, or the monitoring (as passed)'),
  {
    ...decision('extend', 'make the monitoring window longer'),
    args: '[SERVICE] <DURATION>',
    details: 'DURATION is 30s, 10m or 2h. With one argument only, that is the DURATION, and the service is that of the service file.',
  },
  {
    name: 'rollback',
    args: '[SERVICE]',
    summary: 'undo the last switch that users saw; returns when they are back',
    options: [
      ['--to <version>', 'another version than the one before'],
      ['--now', "do not wait for the old color's capacity"],
      ['--no-wait', 'return when it is accepted'],
      ...WHO,
    ],
    load: () => import('./commands/rollback.ts'),
  },
  decision('abort', 'give up a deployment that has not switched yet'),
  {
    ...decision('resolve', 'answer a deployment that needs a person: one of --adopt, --restore, --retry'),
    options: [
      ['--adopt', 'take what the router says now'],
      ['--restore', 'put back what it said before'],
      ['--retry', 'try again what failed'],
      ...WHO,
    ],
  },
  {
    name: 'logs',
    args: '[SERVICE] [COLOR]',
    summary: 'the output of a local color, or of both',
    details: 'With one argument only, `blue` or `green` is the COLOR, and the service is that of the service file.',
    options: [
      ['--follow', 'go on as it grows, until Ctrl-C'],
      ['--lines <n>', 'how many of the newest lines (default: 200)'],
    ],
    load: () => import('./commands/logs.ts'),
  },
  decision('forget', 'end the record of a service that is no longer deployed; touches nothing else'),
  { name: 'history', args: '[SERVICE]', summary: 'past deployments', load: () => import('./commands/history.ts') },
  { name: 'audit', args: '[SERVICE]', summary: 'the full trail: who did what, when, and why', load: () => import('./commands/audit.ts') },
  { name: 'schema', summary: 'the JSON Schema of the service file', load: () => import('./commands/schema.ts') },
];
