import type { StatusDocument } from '../../contract.ts';
import type { Run } from '../context.ts';
import { EXIT } from '../exit.ts';
import { deployments } from '../past.ts';
import { firstLine } from '../render/firstLine.ts';
import { phaseWord } from '../render/phases.ts';
import type { Style } from '../render/style.ts';
import { table } from '../render/table.ts';
import { between, moment } from '../render/time.ts';

export const run: Run = async (context, [named]) => {
  const service = await context.serviceName(named);
  const all = (await deployments(await context.connect(), service)).map((one) => one.status).reverse();
  const { style } = context.out;
  const head = ['STARTED', 'VERSION', 'COLOR', 'OUTCOME', 'TOOK', 'BY', 'REASON'].map(style.dim);
  context.out.result({ service, deployments: all }, table([head, ...all.map((status) => row(status, style))]).join('\n'));
  return EXIT.done;
};

const row = (status: StatusDocument, style: Style): string[] => [
  moment(status.startedAt),
  status.kind === 'rollback' ? `${status.version} (rollback)` : status.version,
  status.color ?? '-',
  phaseWord(status, style),
  status.endedAt === null ? '-' : between(status.startedAt, status.endedAt, Date.now()),
  status.requestedBy,
  firstLine(status.reason),
];
