/** Route53 names its operations by method and path. */
import type { Params } from './queryParams.ts';
import type { WireRequest } from './request.ts';
import { parseXml, xmlToJson } from './xml.ts';

const OPERATIONS: readonly [string, RegExp, string][] = [
  ['POST', /^hostedzone\/(?<HostedZoneId>[^/]+)\/rrset\/?$/, 'ChangeResourceRecordSets'],
  ['GET', /^hostedzone\/(?<HostedZoneId>[^/]+)\/rrset\/?$/, 'ListResourceRecordSets'],
  ['GET', /^hostedzone\/(?<HostedZoneId>[^/]+)$/, 'GetHostedZone'],
  ['GET', /^hostedzone$/, 'ListHostedZones'],
  ['POST', /^hostedzone$/, 'CreateHostedZone'],
  ['GET', /^hostedzonesbyname$/, 'ListHostedZonesByName'],
  ['GET', /^change\/(?<Id>[^/]+)$/, 'GetChange'],
  ['GET', /^healthcheck\/(?<HealthCheckId>[^/]+)\/status$/, 'GetHealthCheckStatus'],
  ['GET', /^healthcheck\/(?<HealthCheckId>[^/]+)$/, 'GetHealthCheck'],
  ['GET', /^testdnsanswer$/, 'TestDNSAnswer'],
];

export function route53Request({ method, path, body }: WireRequest): { operation: string; params: Params } {
  const url = new URL(path, 'http://route53');
  const resource = url.pathname.replace(/^\/2013-04-01\//, '');
  for (const [verb, pattern, operation] of OPERATIONS) {
    const found = verb === method && pattern.exec(resource);
    if (!found) continue;
    const sent = body ? (xmlToJson(parseXml(body)) as Params) : {};
    return { operation, params: { ...found.groups, ...Object.fromEntries(url.searchParams), ...sent } };
  }
  throw new Error(`${method} ${path} is an operation of Route53 that this proxy does not know: add it to route53Request.ts`);
}
