/** What a group is as a color. */
import type { Color } from '../../../core/plan.ts';
import type { Call, ColorState } from '../../types.ts';
import { versionIn } from '../../versionTemplate.ts';
import type { AwsAccess } from '../options.ts';
import { type Group, usedTemplate } from './group.ts';
import { capacityOf, isFit, readImages, statesOf } from './instances.ts';
import { readVersion, type TemplateVersion } from './launchTemplate.ts';

/** `template`: the option imageId with its placeholder. */
export async function stateOf(
  call: Call,
  access: AwsAccess,
  group: Group,
  { template, color }: { template: string; color: Color },
): Promise<ColorState> {
  if (group.DesiredCapacity === 0) return { version: null, capacity: 0, ready: 0, detail: null };
  const used = usedTemplate(group);
  const [meant, images] = await Promise.all([used && readVersion(call, access, used), readImages(call, access, group)]);
  const fit = (group.Instances ?? []).filter(isFit);
  const own = fit.filter(({ InstanceId }) => runs(images.get(InstanceId!), meant));
  const other = own.length === 0 ? fit[0] : undefined;
  return {
    // Where all run something else, what the group would launch next says nothing of them.
    version: other ? versionIn(template, images.get(other.InstanceId!) ?? '', color) : versionName(meant, template, color),
    capacity: group.DesiredCapacity,
    ready: capacityOf(own),
    detail: detailOf(group, fit.length - own.length, capacityOf(own)),
  };
}

/** An AMI that the template does not name by its id cannot be compared. */
const runs = (imageId: string | undefined, meant: TemplateVersion | null): boolean =>
  !meant?.imageId?.startsWith('ami-') || imageId === undefined || imageId === meant.imageId;

const versionName = (meant: TemplateVersion | null, template: string, color: Color): string | null =>
  meant?.madeFor?.version ?? versionIn(template, meant?.imageId ?? '', color);

function detailOf(group: Group, others: number, ready: number): string | null {
  if (ready >= group.DesiredCapacity) return null;
  const older = others > 0 ? `; ${others} of them run another AMI than the group's launch template has now` : '';
  return `instances of ${group.AutoScalingGroupName}: ${statesOf(group.Instances ?? [])}${older}`;
}
