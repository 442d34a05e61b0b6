/** Whether a color's own Service has endpoints that users can be sent to. */
import { type Color, otherColor } from '../../../core/plan.ts';
import type { Call, Readiness } from '../../types.ts';
import type { Api } from '../api.ts';
import { endpointsOf, podsIn } from '../endpointSlices.ts';
import { inText, podsOf, reasons } from '../pods.ts';
import { hasSelector, selectorOf } from '../service/selector.ts';
import { readService } from '../service/service.ts';
import type { Backends } from './options.ts';

/** As many as the live color has, at least one. */
export async function readinessOf(call: Call, api: Api, color: Color, backends: Backends): Promise<Readiness> {
  const [own, live] = [backends[color].service, backends[otherColor(color)].service];
  const endpoints = await endpointsOf(call, api, [own, live]);
  const count = (service: string) => podsIn(endpoints.get(service) ?? []).size;
  const [healthy, wanted] = [count(own), Math.max(1, count(live))];
  const why = healthy < wanted ? await whyTooFew(call, api, own) : null;
  return { healthy, wanted, checked: true, detail: why && `Service ${api.namespace}/${own}: ${why}` };
}

async function whyTooFew(call: Call, api: Api, name: string): Promise<string> {
  const service = await readService(call, api, name);
  if (!hasSelector(service)) return 'it has no selector, so that no endpoints of its own';
  const labels = inText(selectorOf(service));
  return `pods ${labels}: ${reasons(await podsOf(call, api, labels), true)}`;
}
