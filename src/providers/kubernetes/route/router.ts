/**
 * Blue-green by the weights of an HTTPRoute's backends, each color with a Service of its own: all users to one of them, weight 0 for
 * the other. Weights alone are written; other rules, filters, matches and fields stay as people wrote them.
 */
import { Failure } from '../../../core/failure.ts';
import { COLORS, type Color } from '../../../core/plan.ts';
import { type Routing, sameRouting } from '../../../core/routing.ts';
import { Readings } from '../../readings.ts';
import type { Call, ProviderContext, Router } from '../../types.ts';
import { type Api, apiOf } from '../api.ts';
import { checkDistinct, checkNames } from '../checkedNames.ts';
import { compareAndSet } from '../compareAndSet.ts';
import { writtenBy } from '../fieldWriter.ts';
import { selectorOf } from '../service/selector.ts';
import { readService } from '../service/service.ts';
import { isTakenOver } from './accepted.ts';
import { readinessOf } from './health.ts';
import { inspect } from './inspect.ts';
import type { RouteRouterOptions } from './options.ts';
import { patchRoute, readRoute } from './route.ts';
import { findRule } from './rule.ts';
import { inWords, routedTo, switched } from './weights.ts';

export function createRouteRouter(options: RouteRouterOptions, { folder }: ProviderContext): Router {
  const { route: name, backends } = options;
  checkNames({
    'router.namespace': options.namespace,
    'router.route': name,
    'router.backends.blue.service': backends.blue.service,
    'router.backends.green.service': backends.green.service,
  });
  checkDistinct({ 'router.backends.blue.service': backends.blue.service, 'router.backends.green.service': backends.green.service });
  const api = (): Api => apiOf(options, folder);

  const readings = new Readings(async (call) => {
    const { namespace } = api();
    const full = `${namespace}/${name}`;
    const route = await readRoute(call, api(), name);
    const { rule, at } = findRule(full, route, options, namespace);
    const by = writtenBy(route.metadata.managedFields, ['spec', 'rules']);
    const summary = `HTTPRoute ${full}, rule ${rule.name ?? at}: ${inWords(rule, backends, namespace)}${by}`;
    const routing: Routing = { to: routedTo(rule, backends, namespace), summary };
    return { route, rule, at, routing };
  });

  const write = (call: Call, { to, from }: { to: Color; from: Routing }): Promise<{ pending: string }> =>
    compareAndSet(call, {
      known: readings.take(from),
      read: () => readings.anew(call),
      write: async ({ route, rule, at, routing }) => {
        const { namespace } = api();
        if (routing.to === to) return { pending: String(route.metadata.generation ?? 0) };
        if (!sameRouting(routing, from)) throw drift(routing, `${namespace}/${name}`);
        if (rule.filters?.some(({ type }) => type === 'RequestRedirect')) throw redirects(routing);
        const written = await patchRoute(call, api(), route, switched(rule, at, to, backends, namespace));
        return { pending: String(written.metadata.generation ?? 0) };
      },
    });

  return {
    read: async (call) => (await readings.now(call)).routing,
    write,
    isEverywhere: async (call, pending) => isTakenOver(await readRoute(call, api(), name), Number(pending)),
    ready: (call, color) => readinessOf(call, api(), color, backends),
    targets: async (call) => {
      const { namespace } = api();
      const services = await Promise.all(COLORS.map((color) => readService(call, api(), backends[color].service)));
      const [blue, green] = services.map((service) => JSON.stringify({ namespace, selector: selectorOf(service) }));
      return { blue: blue!, green: green! };
    },
    inspect: (call) => inspect(call, api(), options),
  };
}

function drift(found: Routing, name: string): Failure {
  const message = `patch httproutes ${name} was not sent: it was changed meanwhile; found ${found.summary}; find out who changed it, put it right and try again`;
  return new Failure('Drift', message, { found });
}

const redirects = ({ summary }: Routing): Failure =>
  new Failure(
    'InvalidConfiguration',
    `${summary}: nothing was written; take its filter RequestRedirect away, or name another rule with router.rule`,
  );
