/**
 * Blue-green by the selector of a Service. Both colors' pods have the other labels of the selector; one key of it picks the color,
 * and that key is all that is ever written. How many connections are still open on a color, Kubernetes does not know.
 */
import { Failure } from '../../../core/failure.ts';
import { COLORS, type Color, otherColor } from '../../../core/plan.ts';
import { liveColor, type Routing, sameRouting } from '../../../core/routing.ts';
import { Readings } from '../../readings.ts';
import type { Call, ProviderContext, Readiness, Router } from '../../types.ts';
import { type Api, apiOf } from '../api.ts';
import { checkDistinct, checkNames } from '../checkedNames.ts';
import { compareAndSet } from '../compareAndSet.ts';
import { inText, podsOf, readinessOf } from '../pods.ts';
import { isEverywhere } from './everywhere.ts';
import { inspect } from './inspect.ts';
import type { ServiceRouterOptions } from './options.ts';
import { type Preview, pointAt, previewValue, putBack } from './preview.ts';
import { bothColors, hasSelector, labelsOf, routingOf } from './selector.ts';
import { readService, selectBy } from './service.ts';
import { fromJson, toJson } from './snapshot.ts';

export function createServiceRouter(options: ServiceRouterOptions, { folder }: ProviderContext): Router {
  const { service: name, previewService, selectorKey, values } = options;
  checkNames({ 'router.namespace': options.namespace, 'router.service': name, 'router.previewService': previewService });
  checkDistinct({ 'router.service': name, 'router.previewService': previewService });
  checkDistinct({ 'router.values.blue': values.blue, 'router.values.green': values.green });
  const api = (): Api => apiOf(options, folder);
  const fullName = () => `${api().namespace}/${name}`;
  const preview = (): Preview | null => (previewService === undefined ? null : { api: api(), name: previewService, label: options });

  const readings = new Readings(async (call) => {
    const service = await readService(call, api(), name);
    return { service, routing: routingOf(fullName(), service, options) };
  });

  const drift = (found: Routing, why: string) => {
    const message = `patch services ${fullName()} was not sent: ${why}; found ${found.summary}; find out who changed it, put it right and try again`;
    return new Failure('Drift', message, { found });
  };

  const write = (call: Call, { to, from }: { to: Color; from: Routing }): Promise<{ pending: string }> =>
    compareAndSet(call, {
      known: readings.take(from),
      read: () => readings.anew(call),
      write: async ({ service, routing }) => {
        if (routing.to === to) return { pending: to };
        if (!sameRouting(routing, from)) throw drift(routing, 'it was changed meanwhile');
        if (!hasSelector(service)) throw noSelector(routing);
        await selectBy(call, api(), service, selectorKey, values[to]);
        return { pending: to };
      },
    });

  const noSelector = ({ summary }: Routing) =>
    new Failure('InvalidConfiguration', `${summary}: nothing was written; name a Service whose selector picks the pods`);

  const attach = async (call: Call, color: Color): Promise<string> => {
    const { routing } = await readings.now(call);
    if (routing.to !== otherColor(color)) throw drift(routing, `${color} can be prepared only while users are on ${otherColor(color)}`);
    const tested = preview();
    return tested ? pointAt(call, tested, color) : 'nothing to attach: pods are ready without a Service, and there is no preview Service';
  };

  const ready = async (call: Call, color: Color): Promise<Readiness> => {
    const { service } = await readings.now(call);
    const pods = await podsOf(call, api(), bothColors(service, options));
    const of = (which: Color) => pods.filter(({ metadata }) => metadata?.labels?.[selectorKey] === values[which]);
    const labels = inText(labelsOf(service, color, options));
    return readinessOf(`pods ${labels} in namespace ${api().namespace}`, of(color), of(otherColor(color)));
  };

  const settle: Router['settle'] = async (call, { live, snapshot }) => {
    const { routing } = await readings.now(call);
    if (routing.to !== live) throw drift(routing, `it is tidied up only while users are on ${live}`);
    const before = fromJson(snapshot);
    const tested = preview();
    if (tested && before.live === live && before.preview !== undefined) await putBack(call, tested, before.preview);
  };

  return {
    read: async (call) => (await readings.now(call)).routing,
    write,
    isEverywhere: (call, pending) => isEverywhere(call, api(), name, options, pending),
    attach,
    ready,
    settle,
    snapshot: async (call) => {
      const tested = preview();
      const [{ routing }, value] = await Promise.all([readings.now(call), tested ? previewValue(call, tested) : undefined]);
      return toJson({ live: liveColor(routing), ...(value !== undefined && { preview: value }) });
    },
    targets: async (call) => {
      const { service } = await readings.now(call);
      const { namespace } = api();
      const [blue, green] = COLORS.map((color) => JSON.stringify({ namespace, selector: labelsOf(service, color, options) }));
      return { blue: blue!, green: green! };
    },
    inspect: (call) => inspect(call, api(), options),
  };
}
