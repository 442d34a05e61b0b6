/** Connections to an API server that stay open: the client itself makes an agent, and a handshake, for each request. */
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig, RequestContext, SecurityAuthentication } from '@kubernetes/client-node';

/** Idle connections are closed after this time. */
const IDLE_MS = 30_000;
/** So many at a time; more requests wait for one. A hundred services that switch together need no handshake each. */
const CONNECTIONS = 50;

const TLS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const;

/** Authenticates as the kubeconfig says, over connections that are kept for as long as its certificates are the same. */
export function keptConnections(config: KubeConfig): SecurityAuthentication {
  let kept: { agent: http.Agent; key: string } | null = null;
  return {
    getName: () => config.getName(),
    async applySecurityAuthentication(request: RequestContext): Promise<void> {
      await config.applySecurityAuthentication(request);
      const made = request.getAgent();
      // Agents of proxies have classes of their own, and keep to themselves.
      if (made?.constructor !== https.Agent && made?.constructor !== http.Agent) return;
      const { options } = made as https.Agent;
      const key = TLS.map((name) => String(options[name as keyof typeof options])).join('\n');
      if (kept?.key !== key) {
        const Agent = made instanceof https.Agent ? https.Agent : http.Agent;
        kept = { key, agent: new Agent({ ...options, keepAlive: true, timeout: IDLE_MS, maxSockets: CONNECTIONS }) };
      }
      request.setAgent(kept.agent);
    },
  };
}
