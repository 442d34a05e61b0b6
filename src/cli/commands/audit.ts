import type { PastDeployment } from '../../contract.ts';
import type { Run } from '../context.ts';
import { EXIT } from '../exit.ts';
import { deployments } from '../past.ts';
import { firstLine } from '../render/firstLine.ts';
import type { Style } from '../render/style.ts';
import { table } from '../render/table.ts';
import { moment } from '../render/time.ts';

export const run: Run = async (context, [named]) => {
  const service = await context.serviceName(named);
  const all = await deployments(await context.connect(), service);
  const document = all.map(({ status: { deploymentId, kind, version, outcome }, trail }) => ({
    deploymentId,
    kind,
    version,
    outcome,
    trail,
  }));
  const text = all.map((one) => section(one, context.out.style).join('\n')).join('\n\n');
  context.out.result({ service, deployments: document }, text);
  return EXIT.done;
};

function section({ status, trail }: PastDeployment, style: Style): string[] {
  const title = `${style.bold(status.version)} ${style.dim(status.deploymentId)} ${status.outcome ?? status.phase}`;
  const rows = trail.map((entry) => [`  ${moment(entry.at)}`, entry.by, entry.what, firstLine(entry.reason)]);
  return [title, ...table(rows)];
}
