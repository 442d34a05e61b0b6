/**
 * Whether an application closes idle connections before the load balancer does: a request that is sent on one just then is
 * answered 502. How long it keeps them is known only where it says so (`Keep-Alive: timeout=5`, as Node's server does).
 */
import { PROBE_HEADER, type Routing } from '../../../../core/routing.ts';
import type { Call, Finding, ProviderContext } from '../../../types.ts';
import { balancerArnOf } from '../arns.ts';
import type { Attributes } from './describe.ts';

const PROBE_MS = 3_000;
/** Of a load balancer whose attributes do not say. */
const DEFAULT_IDLE_S = 60;

export async function keepAliveFindings(
  call: Call,
  {
    live,
    endpoints,
    attributes,
    listener,
  }: { live: Routing['to'] | null; endpoints: ProviderContext['endpoints']; attributes: Attributes | null; listener: string },
): Promise<Finding[]> {
  const endpoint = (live === 'blue' || live === 'green' ? endpoints[live] : null) ?? endpoints.preview;
  if (!attributes || endpoint === null) return [];
  const idle = Number(attributes['idle_timeout.timeout_seconds'] ?? DEFAULT_IDLE_S);
  const kept = await keepAliveSeconds(call, endpoint);
  if (kept === null || kept > idle) return [];
  return [
    {
      severity: 'warning',
      message: `${endpoint} closes idle connections after ${kept} s, and ${balancerArnOf(listener)} keeps them for ${idle} s: a request on a connection that is just closed is answered 502`,
      cure: `let the application keep connections for longer than ${idle} s (server.keepAliveTimeout of Node), or make idle_timeout.timeout_seconds shorter than ${kept} s`,
    },
  ];
}

/** Null where it does not say, or does not answer. */
async function keepAliveSeconds(call: Call, endpoint: string): Promise<number | null> {
  try {
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(PROBE_MS)]);
    const answer = await fetch(endpoint, { signal, redirect: 'manual', headers: { [PROBE_HEADER]: '1' } });
    await answer.body?.cancel();
    const said = /(?:^|[,;\s])timeout=(\d+)/i.exec(answer.headers.get('keep-alive') ?? '')?.[1];
    return said === undefined ? null : Number(said);
  } catch {
    return null;
  }
}
