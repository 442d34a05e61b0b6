/** What a request to AWS asks for, read off the wire in each protocol that the installed SDK clients speak. */
import type { IncomingHttpHeaders } from 'node:http';
import { decodeQuery, type Params } from './queryParams.ts';
import { route53Request } from './route53Request.ts';

export type Protocol = 'query' | 'ec2' | 'json' | 'rest-xml';

export interface WireRequest {
  method: string;
  /** With its query string. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface AwsRequest extends WireRequest {
  protocol: Protocol;
  /** The prefix that IAM has for the service. */
  service: string;
  /** As IAM names it: elasticloadbalancing:ModifyListener */
  action: string;
  params: Params;
}

/** Where IAM's prefix is not the name that requests are signed for. */
const PREFIXES: Record<string, string> = { monitoring: 'cloudwatch' };

export function decodeRequest(wire: WireRequest): AwsRequest {
  const signedFor = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(wire.headers.authorization ?? '')?.[1];
  if (!signedFor) throw new Error(`${wire.method} ${wire.path} is not signed: not from an AWS SDK`);
  const service = PREFIXES[signedFor] ?? signedFor;
  const { protocol, operation, params } = operationOf(wire, service);
  return { ...wire, protocol, service, action: `${service}:${operation}`, params };
}

function operationOf(wire: WireRequest, service: string): { protocol: Protocol; operation: string; params: Params } {
  const target = wire.headers['x-amz-target'];
  if (typeof target === 'string') {
    return { protocol: 'json', operation: target.split('.').at(-1)!, params: JSON.parse(wire.body || '{}') };
  }
  if (service === 'route53') return { protocol: 'rest-xml', ...route53Request(wire) };
  const form = new URLSearchParams(wire.body);
  const operation = form.get('Action');
  if (operation === null) throw new Error(`${wire.method} ${wire.path} of ${service} is in a protocol that this proxy does not know`);
  return { protocol: service === 'ec2' ? 'ec2' : 'query', operation, params: decodeQuery(form) };
}
