import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Failure } from '../../../../core/failure.ts';
import { findingOf } from '../../../attempt.ts';
import type { Call, Finding } from '../../../types.ts';
import { clientOf } from '../../clients.ts';
import { isNetwork } from '../arns.ts';
import type { AlbRouterOptions } from '../options.ts';
import { requestsIn } from '../requests.ts';
import type { Colors } from '../routing.ts';

const MINUTE_MS = 60_000;

/** Whether the worker may see that a color gets no requests any more. A deployment goes on without; it just cannot know. */
export async function metricFindings(call: Call, options: AlbRouterOptions & { region: string }, colors: Colors): Promise<Finding[]> {
  if (isNetwork(options.listener)) return [];
  const to = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  try {
    await requestsIn(call, clientOf(CloudWatchClient, options), {
      listener: options.listener,
      group: colors.blue,
      from: to - MINUTE_MS,
      to,
    });
    return [];
  } catch (error) {
    if (error instanceof Failure && error.type === 'PermissionDenied') return [{ ...findingOf(error), severity: 'warning' }];
    throw error;
  }
}
