/** What is wrong with the route, its backends and the worker's Role, found by reading only. */
import { Failure } from '../../../core/failure.ts';
import { COLORS } from '../../../core/plan.ts';
import { attempt, findingOf } from '../../attempt.ts';
import type { Call, Finding } from '../../types.ts';
import type { Api } from '../api.ts';
import { lackingPermissions } from '../permissions.ts';
import type { Asked } from '../resources.ts';
import { hasSelector } from '../service/selector.ts';
import { readService } from '../service/service.ts';
import { refusals } from './accepted.ts';
import type { RouteRouterOptions } from './options.ts';
import { type HttpRoute, readRoute } from './route.ts';
import { findRule } from './rule.ts';
import { inWords, routedTo } from './weights.ts';

export async function inspect(call: Call, api: Api, options: RouteRouterOptions): Promise<Finding[]> {
  const { namespace } = api;
  const [lacking, ...found] = await Promise.all([
    lackingPermissions(call, api, needsOf(api, options)),
    inspectRoute(call, api, options).then((findings) => ({ of: `httproutes ${namespace}/${options.route}`, findings })),
    ...COLORS.map(async (color) => {
      const { service } = options.backends[color];
      return { of: `services ${namespace}/${service}`, findings: await backendFindings(call, api, service) };
    }),
  ]);
  // What may not be read is said once: with the Role that lacks it.
  const isSaid = (what: string) => lacking.some(({ message }) => message.endsWith(`get ${what}`));
  return [...lacking, ...found.flatMap(({ of, findings }) => (isSaid(of) ? [] : findings))];
}

/** All that the router ever asks for. */
export function needsOf({ namespace }: Api, { route, backends }: RouteRouterOptions): Asked[] {
  return [
    { verb: 'get', resource: 'httproutes', name: `${namespace}/${route}` },
    { verb: 'patch', resource: 'httproutes', name: `${namespace}/${route}` },
    ...COLORS.map((color): Asked => ({ verb: 'get', resource: 'services', name: `${namespace}/${backends[color].service}` })),
    { verb: 'list', resource: 'endpointslices', name: namespace },
    { verb: 'list', resource: 'pods', name: namespace },
  ];
}

async function inspectRoute(call: Call, api: Api, options: RouteRouterOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  const route = await attempt(findings, readRoute(call, api, options.route));
  return route ? routeFindings(`${api.namespace}/${options.route}`, route, options, api.namespace) : findings;
}

function routeFindings(name: string, route: HttpRoute, options: RouteRouterOptions, namespace: string): Finding[] {
  const refused = refusals(route).map((why): Finding => {
    return { severity: 'warning', message: `HTTPRoute ${name}: ${why}`, cure: 'correct what its Gateway refuses' };
  });
  try {
    const { rule, at } = findRule(name, route, options, namespace);
    const to = routedTo(rule, options.backends, namespace);
    if (to !== 'other') return refused;
    const message = `HTTPRoute ${name}, rule ${at}: ${inWords(rule, options.backends, namespace)}`;
    return [{ severity: 'error', message, cure: 'give all weight to one of the two backends' }, ...refused];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [findingOf(error), ...refused];
  }
}

async function backendFindings(call: Call, api: Api, name: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const service = await attempt(findings, readService(call, api, name));
  if (!service || hasSelector(service)) return findings;
  return [
    {
      severity: 'error',
      message: `Service ${api.namespace}/${name} has no selector`,
      cure: 'name a Service whose selector picks the pods of this color',
    },
  ];
}
