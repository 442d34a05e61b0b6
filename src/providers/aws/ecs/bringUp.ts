/** A version on a color: a revision, the service brought to it, and the wait until it is steady. */
import { formatDuration } from '../../../core/duration.ts';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { poll } from '../../poll.ts';
import type { Call, ColorState, Environment } from '../../types.ts';
import { filled } from '../../versionTemplate.ts';
import { explain } from './explain.ts';
import type { EcsOptions } from './options.ts';
import { readRevision, revisionOf } from './revisions.ts';
import { rolloutOf, runningCount } from './rollout.ts';
import { wantedCount } from './scalableTarget.ts';
import { type EcsService, readUsableService, updateService } from './service.ts';
import type { Revision } from './taskDefinition.ts';

type Want = Parameters<Environment['ensure']>[2] & { color: Color; template: string; env: Record<string, string> };

/** An answer may be an old one: only when the service goes on saying that it is meant to run something else, it is believed. */
const DOUBTS = 3;

export async function bringUp(call: Call, options: EcsOptions, want: Want): Promise<ColorState> {
  const deadline = Date.now() + options.timeout;
  const service = await readUsableService(call, options, want.color);
  const [base, wanted] = await Promise.all([
    readRevision(call, options, service.taskDefinition),
    wantedCount(call, options, service, want.capacity),
  ]);
  const revision = await revisionOf(call, options, base, changeOf(options, want));
  const taskDefinition = revision.definition.taskDefinitionArn;
  const isNew = service.taskDefinition !== taskDefinition;
  // What runs of it already stays: it may have been scaled out since.
  if (isNew || service.desiredCount < wanted.count)
    await updateService(call, options, service, { desiredCount: wanted.count, ...(isNew && { taskDefinition }) });
  const steady = await untilSteady(call, options, { ...want, deadline, revision, least: wanted.least });
  return { version: want.version, capacity: steady.desiredCount, ready: runningCount(steady), detail: wanted.detail };
}

const changeOf = ({ container }: EcsOptions, { template, env, version, color, deploymentId }: Want) => ({
  container,
  image: filled(template, { version, color }),
  env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value, { version, color })])),
  deploymentId,
});

interface Awaited extends Want {
  deadline: number;
  revision: Revision;
  least: number;
}

async function untilSteady(call: Call, options: EcsOptions, want: Awaited): Promise<EcsService> {
  let doubts = 0;
  let last: EcsService | undefined;
  const look = async (): Promise<EcsService | null> => {
    last = await readUsableService(call, options, want.color);
    const rollout = rolloutOf(last, want.revision, want.least);
    doubts = rollout.state === 'replaced' ? doubts + 1 : 0;
    if (rollout.state === 'failed') throw await failure(call, options, want, last, `ECS gave it up: ${rollout.reason}`);
    if (doubts >= DOUBTS) throw await failure(call, options, want, last, `the service is meant to run ${last.taskDefinition} now`);
    return rollout.state === 'steady' ? last : null;
  };
  const steady = await poll(call, want.deadline, look);
  if (steady) return steady;
  const found = `${runningCount(last!)} of ${last!.desiredCount} tasks run`;
  const wanted = last!.desiredCount < want.least ? `, and somebody has set its desired count below ${want.least}` : '';
  throw await failure(call, options, want, last!, `it was not steady within ${formatDuration(options.timeout)}: ${found}${wanted}`);
}

async function failure(call: Call, options: EcsOptions, want: Awaited, service: EcsService, why: string): Promise<Failure> {
  const taskDefinition = want.revision.definition.taskDefinitionArn;
  const what = `${want.color} (${service.serviceArn}) did not come up with ${want.version} (${taskDefinition}): ${why}.`;
  return new Failure('DeployFailed', `${what}\n${await explain(call, options, service, taskDefinition)}`);
}
