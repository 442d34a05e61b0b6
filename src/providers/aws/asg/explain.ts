/** Why a group does not come up, in its own words: what it tried since. */
import { AutoScalingClient, DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import { Failure } from '../../../core/failure.ts';
import { indented } from '../../processes/outputLines.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import type { Group } from './group.ts';

const ACTIVITIES = 20;
const REASONS = 5;

/** The end of an error message. What cannot be found out is said instead: it must not hide the error itself. */
export async function explain(call: Call, access: AwsAccess, group: Group, since: Date): Promise<string> {
  const reasons = await readActivities(call, access, group, since).catch((error: unknown) => {
    if (error instanceof Failure) return [`not known: ${error.message}`];
    throw error;
  });
  return reasons.length > 0 ? `Its scaling activities:\n${indented(reasons)}` : 'It has no scaling activities that say why.';
}

/** Newest first, each once. Throws PermissionDenied where the worker may not look. */
export async function readActivities(call: Call, access: AwsAccess, group: Group, since: Date): Promise<string[]> {
  const client = clientOf(AutoScalingClient, access);
  const { AutoScalingGroupName, AutoScalingGroupARN } = group;
  const { Activities = [] } = await ask(
    call,
    { action: 'autoscaling:DescribeScalingActivities', resource: AutoScalingGroupARN },
    (abortSignal) => client.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: ACTIVITIES }), { abortSignal }),
  );
  const unsuccessful = Activities.filter(({ StatusCode, StartTime }) => StatusCode !== 'Successful' && (StartTime ?? since) >= since);
  const said = unsuccessful.map(({ StatusCode, Description, StatusMessage }) =>
    [StatusCode, Description, StatusMessage].filter(Boolean).join(': '),
  );
  return [...new Set(said)].slice(0, REASONS);
}
