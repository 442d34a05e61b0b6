/** Replacing the instances of a group while it runs. */
import {
  AutoScalingClient,
  DescribeInstanceRefreshesCommand,
  type InstanceRefresh,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { Failure } from '../../../core/failure.ts';
import { poll } from '../../poll.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import { type Group, templateAt, type UsedTemplate, usedTemplate } from './group.ts';
import type { RefreshOptions } from './options.ts';

const GIVEN_UP = new Set(['Failed', 'Cancelling', 'Cancelled', 'RollbackInProgress', 'RollbackFailed', 'RollbackSuccessful']);

interface Wanted {
  group: Group;
  template: UsedTemplate;
  preferences: RefreshOptions;
  deadline: number;
}

/** Goes on with the refresh to this version, or begins it. The group launches this version when it resolves. Throws DeployFailed. */
export async function refresh(call: Call, access: AwsAccess, wanted: Wanted): Promise<void> {
  const { group, template, deadline } = wanted;
  const mine = async () => (await readRefreshes(call, access, group)).find((one) => leadsTo(one, template));
  if (!(await mine())) await start(call, access, wanted);
  let last: InstanceRefresh | undefined;
  const done = async () => {
    last = await mine();
    if (last?.Status !== undefined && GIVEN_UP.has(last.Status)) throw failure(group, last);
    return last?.Status === 'Successful' ? true : null;
  };
  if (!(await poll(call, deadline, done))) throw failure(group, last);
}

const leadsTo = ({ DesiredConfiguration }: InstanceRefresh, template: UsedTemplate): boolean =>
  DesiredConfiguration !== undefined && usedTemplate(DesiredConfiguration as Group)?.version === template.version;

async function readRefreshes(
  call: Call,
  access: AwsAccess,
  { AutoScalingGroupName, AutoScalingGroupARN }: Group,
): Promise<InstanceRefresh[]> {
  const client = clientOf(AutoScalingClient, access);
  const asked = { action: 'autoscaling:DescribeInstanceRefreshes', resource: AutoScalingGroupARN };
  const { InstanceRefreshes = [] } = await ask(call, asked, (abortSignal) =>
    client.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName, MaxRecords: 10 }), { abortSignal }),
  );
  return InstanceRefreshes;
}

async function start(call: Call, access: AwsAccess, { group, template, preferences }: Wanted): Promise<void> {
  const client = clientOf(AutoScalingClient, access);
  const { minHealthyPercentage, instanceWarmup } = preferences;
  const input = {
    AutoScalingGroupName: group.AutoScalingGroupName,
    Strategy: 'Rolling',
    DesiredConfiguration: templateAt(group, template),
    Preferences: {
      MinHealthyPercentage: minHealthyPercentage,
      // A restart of the same version is a deployment, too.
      SkipMatching: false,
      ...(instanceWarmup !== undefined && { InstanceWarmup: Math.ceil(instanceWarmup / 1000) }),
    },
  } as const;
  await ask(call, { action: 'autoscaling:StartInstanceRefresh', resource: group.AutoScalingGroupARN }, (abortSignal) =>
    client.send(new StartInstanceRefreshCommand(input), { abortSignal }),
  );
}

function failure({ AutoScalingGroupARN }: Group, refresh: InstanceRefresh | undefined): Failure {
  const { InstanceRefreshId, Status, StatusReason, PercentageComplete = 0 } = refresh ?? {};
  const why = StatusReason ?? 'AWS says no reason';
  return new Failure(
    'DeployFailed',
    `the instance refresh ${InstanceRefreshId} of ${AutoScalingGroupARN} is ${Status ?? 'not known'} at ${PercentageComplete}%: ${why}`,
  );
}
