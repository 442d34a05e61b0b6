/** Connections to an API server that stay open: the client itself makes an agent, and a handshake, for each request. */
import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import type { KubeConfig, RequestContext, SecurityAuthentication } from '@kubernetes/client-node';

/** Idle connections are closed after this time. */
const IDLE_MS = 30_000;
/** So many at a time; more requests wait for one. A hundred services that switch together need no handshake each. */
const CONNECTIONS = 50;

const TLS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const;

/** Authenticates as the kubeconfig says, over connections that are kept for as long as its certificates are the same. */
export function keptConnections(config: KubeConfig): SecurityAuthentication {
  const agentFor = keptAgent({ keepAlive: true, timeout: IDLE_MS, maxSockets: CONNECTIONS });
  return {
    getName: () => config.getName(),
    async applySecurityAuthentication(request: RequestContext): Promise<void> {
      await config.applySecurityAuthentication(request);
      const made = request.getAgent();
      if (made) request.setAgent(agentFor(made as http.Agent));
    },
  };
}

/** Each stream has a connection of its own, so that it takes none from requests; they share the certificates and the session of TLS. */
export function keptStreams(config: KubeConfig): KubeConfig {
  const agentFor = keptAgent({});
  const applyToFetchOptions: KubeConfig['applyToFetchOptions'] = async (options) => {
    const applied = await config.applyToFetchOptions(options);
    return applied.agent ? { ...applied, agent: agentFor(applied.agent as http.Agent) } : applied;
  };
  return Object.assign(Object.create(config) as KubeConfig, { applyToFetchOptions });
}

/** Answers the same agent for as long as it is asked for one with the same certificates. */
function keptAgent(habits: http.AgentOptions): (made: http.Agent) => http.Agent {
  let kept: { agent: http.Agent; key: string } | null = null;
  return (made) => {
    // Agents of proxies have classes of their own, and keep to themselves.
    if (made.constructor !== https.Agent && made.constructor !== http.Agent) return made;
    const { options } = made as https.Agent;
    const key = TLS.map((name) => String(options[name as keyof typeof options])).join('\n');
    if (kept?.key !== key) {
      const agent =
        made instanceof https.Agent ? new https.Agent({ ...readOnce(options), ...habits }) : new http.Agent({ ...options, ...habits });
      kept = { key, agent };
    }
    return kept.agent;
  };
}

/** Certificates are parsed for each connection otherwise. */
function readOnce({ ca, cert, key, pfx, passphrase, ...options }: https.AgentOptions): https.AgentOptions {
  return { ...options, secureContext: createSecureContext({ ca, cert, key, pfx, passphrase }) };
}
