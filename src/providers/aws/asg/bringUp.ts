/** A version on a color: a launch template version, the group brought to it, and the wait until its instances are in service. */
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import type { Call, ColorState, Environment } from '../../types.ts';
import { filled } from '../../versionTemplate.ts';
import { findGroups, type Group, theGroup, type UsedTemplate, unfitGroup, updateGroup, usedTemplate } from './group.ts';
import { resolveImage } from './image.ts';
import { readVersion, versionOf } from './launchTemplate.ts';
import { forgetMinSize } from './minSize.ts';
import type { AsgOptions } from './options.ts';
import { untilReady } from './ready.ts';
import { refresh } from './refresh.ts';
import { empty, wantedSize } from './resize.ts';

type Want = Parameters<Environment['ensure']>[2] & { color: Color; template: string };

export async function bringUp(call: Call, options: AsgOptions, want: Want): Promise<ColorState> {
  const since = new Date();
  const deadline = since.getTime() + options.timeout;
  const group = await readUsableGroup(call, options, want.color);
  const size = wantedSize(group, want.capacity);
  const used = await templateFor(call, options, group, want);
  const now = await replaced(call, options, { color: want.color, group, used, desired: size.desired, deadline });
  const launches = usedTemplate(now)?.version === used.version;
  // What runs of it already stays: it may have been scaled out since.
  if (!launches || now.MinSize < size.min || now.DesiredCapacity < size.desired)
    await updateGroup(call, options, now, { template: used, min: size.min, desired: size.desired });
  await forgetMinSize(call, options, now);
  const state = await untilReady(call, options, { ...want, used, least: size.desired, since, deadline });
  return { ...state, version: want.version };
}

/** A group that cutover can deploy to. Throws InvalidConfiguration where it cannot. */
async function readUsableGroup(call: Call, options: AsgOptions, color: Color): Promise<Group> {
  const groups = await findGroups(call, options);
  const unfit = unfitGroup(groups, color);
  if (unfit) throw new Failure('InvalidConfiguration', `${unfit.message}; ${unfit.cure}`);
  return theGroup(groups, options, color);
}

async function templateFor(call: Call, options: AsgOptions, group: Group, want: Want): Promise<UsedTemplate> {
  const [imageId, source] = await Promise.all([
    resolveImage(call, options, filled(want.template, want)),
    readVersion(call, options, usedTemplate(group)!),
  ]);
  const { id, number } = await versionOf(call, options, source, { imageId, version: want.version, deploymentId: want.deploymentId });
  return { id, version: String(number) };
}

interface Replacing {
  color: Color;
  group: Group;
  used: UsedTemplate;
  desired: number;
  deadline: number;
}

/** No instance of another version is left when it resolves: with the group as it is then. */
async function replaced(call: Call, options: AsgOptions, { color, group, used, desired, deadline }: Replacing): Promise<Group> {
  if (usedTemplate(group)?.version === used.version || (group.Instances ?? []).length === 0) return group;
  if (options.instanceRefresh && group.DesiredCapacity > 0) {
    if (group.DesiredCapacity < desired) await updateGroup(call, options, group, { desired });
    await refresh(call, options, { group, template: used, preferences: options.instanceRefresh, deadline });
    return theGroup(await findGroups(call, options), options, color);
  }
  const emptied = await empty(call, options, { color, group, deadline, failure: 'DeployFailed' });
  return emptied ?? theGroup({ blue: null, green: null }, options, color);
}
