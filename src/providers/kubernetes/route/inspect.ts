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
  const lacking = await lackingPermissions(call, api, needsOf(api, options));
  const findings: Finding[] = [];
  const mayGet = (what: string) => !lacking.some(({ message }) => message.endsWith(`get ${what}`));
  const full = `${api.namespace}/${options.route}`;
  const route = mayGet(`httproutes ${full}`) ? await attempt(findings, readRoute(call, api, options.route)) : null;
  if (route) findings.push(...routeFindings(full, route, options, api.namespace));
  const backends = COLORS.map((color) => options.backends[color].service).filter((name) => mayGet(`services ${api.namespace}/${name}`));
  const found = await Promise.all(backends.map((name) => backendFindings(call, api, name)));
  return [...lacking, ...findings, ...found.flat()];
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
