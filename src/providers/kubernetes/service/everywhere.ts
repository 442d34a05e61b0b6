/** Whether a changed selector has reached the EndpointSlices, which is what users' connections follow. */
import { COLORS, type Color } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import type { Api } from '../api.ts';
import { endpointsOf, getsUsers, podOf } from '../endpointSlices.ts';
import { isReady } from '../podHealth.ts';
import { inText, podsOf } from '../pods.ts';
import { type ColorLabel, colorIn, labelsOf } from './selector.ts';
import { readService } from './service.ts';

/**
 * True when they name pods of this color only, one that gets users at least. Also where waiting is no use: the selector says
 * something else by now, or the color has lost all its ready pods. Both are for whoever watches the users to see.
 */
export async function isEverywhere(call: Call, api: Api, name: string, label: ColorLabel, pending: string): Promise<boolean> {
  const color: Color | undefined = COLORS.find((candidate) => candidate === pending);
  const [service, slices] = await Promise.all([readService(call, api, name), endpointsOf(call, api, [name])]);
  if (color === undefined || colorIn(service, label) !== color) return true;
  const pods = await podsOf(call, api, inText(labelsOf(service, color, label)));
  const names = new Set(pods.map(({ metadata }) => metadata?.name));
  const endpoints = slices.get(name) ?? [];
  if (endpoints.some((endpoint) => !names.has(podOf(endpoint) ?? undefined))) return false;
  return endpoints.some(getsUsers) || !pods.some(isReady);
}
