/** What no single section can know: whether the sections of a service file fit together. */
import { environmentDefinition, metricSourceDefinition, routerDefinition } from '../providers/registry.ts';
import type { Complaint } from './issues.ts';
import { optionsOf } from './options.ts';
import type { ServiceConfig } from './schema.ts';

/** A section that is itself wrong is not there: what depends on it is not judged. */
type Sections = Partial<ServiceConfig>;

/** What does not fit. `written` tells which keys the file has, right or wrong. */
export function crossChecks(sections: Sections, written: ReadonlySet<string>): Complaint[] {
  return [
    ...endpointsAreKnown(sections, written),
    ...addressesDiffer(sections),
    ...confirmHasAddress(sections),
    ...sourcesFitRouter(sections),
  ];
}

function endpointsAreKnown({ environment, identity, smokeTests, warmup }: Sections, written: ReadonlySet<string>): Complaint[] {
  if (!environment || written.has('endpoints') || environmentDefinition(environment.type).endpoints) return [];
  const needy = { identity, smokeTests: smokeTests?.length ? smokeTests : undefined, warmup };
  const first = Object.entries(needy).find(([, section]) => section !== undefined)?.[0];
  if (first === undefined) return [];
  const message = `needs to know where each color answers: add endpoints with blue and green, or with preview (an environment of type ${environment.type} does not know)`;
  return [{ path: [first], message }];
}

function addressesDiffer({ router, environment, endpoints }: Sections): Complaint[] {
  const front = router && routerDefinition(router.type).frontUrl?.(optionsOf(router));
  const own = environment && environmentDefinition(environment.type).endpoints?.(optionsOf(environment));
  const complaints: Complaint[] = [];
  if (own && sameAddress(own.blue, own.green)) {
    complaints.push({ path: ['environment'], message: `blue and green have the same address, ${own.blue}` });
  }
  const colors = endpoints ?? own;
  for (const color of ['blue', 'green'] as const) {
    if (front && colors?.[color] && sameAddress(front, colors[color])) {
      complaints.push({ path: ['router'], message: `listens at ${front}, which is the address of ${color}: each needs a port of its own` });
    }
  }
  return complaints;
}

function confirmHasAddress({ router, switch: switching }: Sections): Complaint[] {
  const confirm = switching?.confirm;
  if (!router || !confirm || confirm.url !== undefined || routerDefinition(router.type).frontUrl) return [];
  const message = `missing; expected the users' own address (a router of type ${router.type} does not know it)`;
  return [{ path: ['switch', 'confirm', 'url'], message }];
}

function sourcesFitRouter({ router, monitor }: Sections): Complaint[] {
  if (!router || !monitor) return [];
  return monitor.checks.flatMap(({ source }, index) => {
    const { routers: needed, misfit } = metricSourceDefinition(source.type);
    const path = ['monitor', 'checks', index, 'source'];
    const message = misfit?.(optionsOf(source), router.type);
    if (message) return [{ path, message }];
    if (!needed || needed.includes(router.type)) return [];
    const refusal = `${source.type} works only with a router of type ${needed.join(' or ')}, and this one is ${router.type}`;
    return [{ path: [...path, 'type'], message: refusal }];
  });
}

const ANY_OR_LOOPBACK = new Set(['localhost', '127.0.0.1', '0.0.0.0', '[::]', '[::1]']);

/** Whether one listener would take both. */
function sameAddress(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false;
  const [first, second] = [new URL(a), new URL(b)];
  if (first.port !== second.port || first.protocol !== second.protocol) return false;
  return first.hostname === second.hostname || (ANY_OR_LOOPBACK.has(first.hostname) && ANY_OR_LOOPBACK.has(second.hostname));
}
