/** What a record points to: an alias, or values. */
import { isIPv6 } from 'node:net';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { canonicalAlias, canonicalName, shownName, zoneIdOf } from './names.ts';

export interface Target {
  alias?: { dnsName: string; hostedZoneId: string; evaluateTargetHealth?: boolean | undefined } | undefined;
  values?: string[] | undefined;
}

export const targetOf = ({ AliasTarget: alias, ResourceRecords: values }: ResourceRecordSet): Target =>
  alias
    ? { alias: { dnsName: alias.DNSName ?? '', hostedZoneId: alias.HostedZoneId ?? '', evaluateTargetHealth: alias.EvaluateTargetHealth } }
    : { values: (values ?? []).map(({ Value }) => Value ?? '') };

/** Whether users get the same answer: the order of values, the case and the dot of names and the spelling of addresses say nothing. */
export const sameTarget = (a: Target, b: Target): boolean => answer(a) === answer(b);

const answer = ({ alias, values = [] }: Target): string =>
  alias
    ? `alias ${canonicalAlias(alias.dnsName)} ${zoneIdOf(alias.hostedZoneId)}`
    : `values ${values.map(canonicalValue).sort().join(' ')}`;

function canonicalValue(value: string): string {
  if (isIPv6(value) && !value.includes('%')) return new URL(`http://[${value}]/`).hostname;
  return /[a-z]/i.test(value) ? canonicalName(value) : value;
}

export function targetInWords({ alias, values = [] }: Target): string {
  if (alias) return `alias ${shownName(alias.dnsName)}`;
  const shown = values.slice(0, 4).join(', ');
  return values.length > 4 ? `${shown} and ${values.length - 4} more` : shown || 'nothing';
}

/** The record with another target: all else of it stays. `ttl` in seconds, for values. */
export function withTarget(record: ResourceRecordSet, target: Target, ttl: number): ResourceRecordSet {
  const { AliasTarget: before, ResourceRecords: _, TTL: __, ...kept } = record;
  if (!target.alias) return { ...kept, TTL: ttl, ResourceRecords: (target.values ?? []).map((Value) => ({ Value })) };
  const { dnsName, hostedZoneId, evaluateTargetHealth } = target.alias;
  const EvaluateTargetHealth = evaluateTargetHealth ?? before?.EvaluateTargetHealth ?? false;
  return { ...kept, AliasTarget: { DNSName: dnsName, HostedZoneId: zoneIdOf(hostedZoneId), EvaluateTargetHealth } };
}
