import type { Decisions } from '../../client.ts';
import type { Decided, Decision, DecisionName } from '../../contract.ts';
import { actor } from '../actor.ts';
import type { Context, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit.ts';

/** The decisions that are sent and answered: nothing is waited for. `rollback` has a file of its own. */
export interface WhoOptions {
  by?: string;
  reason?: string;
}

export const who = ({ by, reason }: WhoOptions): Decision => ({ by: actor(by), ...(reason === undefined ? {} : { reason }) });

const plain =
  (name: Exclude<DecisionName, 'extend' | 'resolve'>): Run<WhoOptions> =>
  async (context, [service], options) =>
    send(context, service, name, who(options));

export const approve = plain('approve');
export const reject = plain('reject');
export const promote = plain('promote');
export const abort = plain('abort');

export const extend: Run<WhoOptions> = async (context, [first, second], options) => {
  const [service, duration] = second === undefined ? [undefined, first!] : [first, second];
  if (!/^\d{1,9}(ms|s|m|h)$/.test(duration)) throw new UsageError(`"${duration}" is no duration: write it like 30s, 10m or 2h`);
  return send(context, service, 'extend', { ...who(options), duration });
};

const WAYS = ['adopt', 'restore', 'retry'] as const;

export const resolve: Run<WhoOptions & Partial<Record<(typeof WAYS)[number], boolean>>> = async (context, [service], options) => {
  const chosen = WAYS.filter((way) => options[way]);
  if (chosen.length !== 1) throw new UsageError('resolve takes exactly one of --adopt, --restore, --retry');
  return send(context, service, 'resolve', { ...who(options), how: chosen[0]! });
};

export const forget: Run<WhoOptions> = async (context, [named], options) => {
  const service = await context.serviceName(named);
  const client = await context.connect();
  return tell(context, service, await client.forget(service, who(options)));
};

async function send<Name extends DecisionName>(
  context: Context,
  named: string | undefined,
  name: Name,
  decision: Decisions[Name],
): Promise<ExitCode> {
  const service = await context.serviceName(named);
  const client = await context.connect();
  return tell(context, service, await client.decide(service, name, decision));
}

function tell({ out }: Context, service: string, decided: Decided): ExitCode {
  out.result({ service, ...decided }, decided.message);
  return EXIT.done;
}
