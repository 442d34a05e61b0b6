import type { Cutover } from '../../client.ts';
import type { StatusDocument } from '../../contract.ts';
import { liveColor } from '../../core/routing.ts';
import type { Context, Run } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Output } from '../output.ts';
import { phaseWord } from '../render/phases.ts';
import { live, statusLines } from '../render/status.ts';
import { table } from '../render/table.ts';

interface StatusOptions {
  live?: boolean;
}

export const run: Run<StatusOptions> = async (context, [named], options) => {
  const read = options.live ? readLive : readLast;
  return named === undefined && context.options.file === undefined ? all(context, read) : one(context, named, read);
};

type Read = (client: Cutover, service: string, out: Output) => Promise<StatusDocument | null>;

const readLast: Read = (client, service) => client.statusNow(service);

/** Its `liveColor` is what the router says now; a live color that does not answer is told. */
const readLive: Read = async (client, service, out) => {
  const [status, plan] = await Promise.all([client.status(service), client.plan(service)]);
  if (status === null || plan === null) return status;
  const { routing, blue, green } = await client.observe(plan);
  const color = liveColor(routing);
  const running = color && { blue, green }[color];
  if (running?.ready === 0)
    out.warn(`users of ${service} are on ${color}, and nothing of it is ready${running.detail ? `: ${running.detail}` : ''}`);
  return { ...status, liveColor: color };
};

async function one(context: Context, named: string | undefined, read: Read): Promise<ExitCode> {
  const service = await context.serviceName(named);
  const client = await context.connect();
  const status = await read(client, service, context.out);
  if (status === null) throw await client.noRecord(service);
  context.out.result(status, statusLines(status, context.out.style, Date.now()).join('\n'));
  return EXIT.done;
}

async function all(context: Context, read: Read): Promise<ExitCode> {
  const client = await context.connect();
  const found = await Promise.all((await client.services()).map((service) => read(client, service, context.out)));
  const services = found.filter((status) => status !== null);
  context.out.result(
    { services },
    services.length === 0
      ? 'no service has an open record: nothing was deployed yet, or what was is forgotten'
      : overview(services, context),
  );
  return EXIT.done;
}

function overview(services: StatusDocument[], { out: { style } }: Context): string {
  const head = ['SERVICE', 'USERS ON', 'DEPLOYMENT', 'STATE', 'BY'].map(style.dim);
  const rows = services.map((status) => [
    style.bold(status.service),
    live(status) ?? '-',
    status.version,
    phaseWord(status, style),
    status.requestedBy,
  ]);
  return table([head, ...rows]).join('\n');
}
