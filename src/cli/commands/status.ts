import { ClientError } from '../../client/errors.ts';
import type { Cutover } from '../../client.ts';
import type { StatusDocument } from '../../contract.ts';
import type { Context, Run } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { phaseWord } from '../render/phases.ts';
import { statusLines } from '../render/status.ts';
import { table } from '../render/table.ts';

interface StatusOptions {
  live?: boolean;
}

export const run: Run<StatusOptions> = async (context, [named], options) => {
  const read = options.live ? readLive : readLast;
  return named === undefined ? all(context, read) : one(context, named, read);
};

type Read = (client: Cutover, service: string) => Promise<StatusDocument | null>;

const readLast: Read = (client, service) => client.statusNow(service);

/** Its `liveColor` is what the router says now. */
const readLive: Read = async (client, service) => {
  const [status, plan] = await Promise.all([client.status(service), client.plan(service)]);
  if (status === null || plan === null) return status;
  const { to } = (await client.observe(plan)).routing;
  return { ...status, liveColor: to === 'blue' || to === 'green' ? to : null };
};

async function one(context: Context, named: string, read: Read): Promise<ExitCode> {
  const service = await context.serviceName(named);
  const status = await read(await context.connect(), service);
  if (status === null) throw new ClientError('NotDeployed', `${service} was never deployed`);
  context.out.result(status, statusLines(status, context.out.style, Date.now()).join('\n'));
  return EXIT.done;
}

async function all(context: Context, read: Read): Promise<ExitCode> {
  const client = await context.connect();
  const found = await Promise.all((await client.services()).map((service) => read(client, service)));
  const services = found.filter((status) => status !== null);
  context.out.result({ services }, services.length === 0 ? 'nothing was deployed yet' : overview(services, context));
  return EXIT.done;
}

function overview(services: StatusDocument[], { out: { style } }: Context): string {
  const head = ['SERVICE', 'VERSION', 'LIVE', 'STATE', 'BY'].map(style.dim);
  const rows = services.map((status) => [
    style.bold(status.service),
    status.version,
    status.liveColor ?? '-',
    phaseWord(status, style),
    status.requestedBy,
  ]);
  return table([head, ...rows]).join('\n');
}
