/** The wait until a group's instances are in service, with the launch template version that is wanted. */
import { formatDuration } from '../../../core/duration.ts';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { poll } from '../../poll.ts';
import type { Call, ColorState } from '../../types.ts';
import { explain } from './explain.ts';
import { type Group, readGroup, type UsedTemplate, usedTemplate } from './group.ts';
import type { AsgOptions } from './options.ts';
import { stateOf } from './state.ts';

/** An answer may be an old one: only when the group goes on saying that it launches something else, it is believed. */
const DOUBTS = 3;

export interface Awaited {
  color: Color;
  /** The option imageId with its placeholder. */
  template: string;
  /** What the group is to launch; whatever it has where nothing is given. */
  used?: UsedTemplate;
  least: number;
  since: Date;
  deadline: number;
}

/** Throws DeployFailed, with what the group has tried. */
export async function untilReady(call: Call, options: AsgOptions, wanted: Awaited): Promise<ColorState> {
  let doubts = 0;
  let last: { group: Group; state: ColorState } | undefined;
  const look = async (): Promise<ColorState | null> => {
    const group = await readGroup(call, options, wanted.color);
    const state = await stateOf(call, options, group, wanted);
    last = { group, state };
    const now = usedTemplate(group);
    doubts = wanted.used !== undefined && now?.version !== wanted.used.version ? doubts + 1 : 0;
    if (doubts >= DOUBTS) throw await failure(call, options, wanted, group, `it launches version ${now?.version} of ${now?.id} now`);
    return doubts === 0 && state.ready >= wanted.least ? state : null;
  };
  const ready = await poll(call, wanted.deadline, look);
  if (ready) return ready;
  const { group, state } = last!;
  const lowered = group.DesiredCapacity < wanted.least ? `, and somebody has set its desired capacity to ${group.DesiredCapacity}` : '';
  const found = `${state.ready} of ${wanted.least} in service after ${formatDuration(options.timeout)}`;
  throw await failure(call, options, wanted, group, `${found}${state.detail ? ` (${state.detail})` : ''}${lowered}`);
}

async function failure(call: Call, options: AsgOptions, { color, since }: Awaited, group: Group, why: string): Promise<Failure> {
  const what = `${color} (${group.AutoScalingGroupARN}) did not come up: ${why}.`;
  return new Failure('DeployFailed', `${what}\n${await explain(call, options, group, since)}`);
}
