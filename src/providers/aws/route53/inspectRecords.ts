/** What stands under the name now, and what of it keeps a switch from doing what it should. Pure. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { COLORS } from '../../../core/plan.ts';
import type { Finding } from '../../types.ts';
import { findRouting } from './found.ts';
import { canonicalAlias, shownName } from './names.ts';
import type { Route53Options } from './options.ts';
import { targetOf } from './target.ts';

/** Longer ones make every switch, and every rollback, take longer than people expect of it. */
const LONG_TTL_SECONDS = 300;

/** `all` are the records under the name, of every type. */
export function inspectRecords(all: readonly ResourceRecordSet[], options: Route53Options): Finding[] {
  const records = all.filter(({ Type }) => Type === options.recordType);
  return [...routesToColor(records, options), ...besides(all, options), ...lifetimes(records, options), ...healthChecked(records, options)];
}

function routesToColor(records: readonly ResourceRecordSet[], options: Route53Options): Finding[] {
  const { to, summary } = findRouting(records, options).routing;
  if (to !== 'other') return [];
  const cures = records.map((record) => zoneOfTwin(record, options)).filter((cure) => cure !== null);
  return [{ severity: 'error', message: summary, cure: cures[0] ?? 'point the record to one color, or correct router.targets' }];
}

/** The record has the alias of a color but for its hosted zone. */
function zoneOfTwin(record: ResourceRecordSet, { targets }: Route53Options): string | null {
  const { alias } = targetOf(record);
  if (!alias) return null;
  const twin = COLORS.find(
    (color) => targets[color].alias && canonicalAlias(targets[color].alias.dnsName) === canonicalAlias(alias.dnsName),
  );
  return twin ? `write hostedZoneId ${alias.hostedZoneId} in router.targets.${twin}.alias, as the record has it` : null;
}

/** Other types of records under the same name. */
function besides(all: readonly ResourceRecordSet[], { record, recordType }: Route53Options): Finding[] {
  const types = new Set(all.map(({ Type }) => Type));
  const name = shownName(record);
  if (recordType !== 'CNAME' && types.has('CNAME'))
    return [
      {
        severity: 'error',
        message: `${name} has a CNAME record, beside which no ${recordType} record can be`,
        cure: 'write recordType: CNAME, or remove that record',
      },
    ];
  if (recordType === 'CNAME' && [...types].some((type) => type !== 'CNAME'))
    return [
      {
        severity: 'error',
        message: `${name} has records of type ${[...types].filter((type) => type !== 'CNAME').join(', ')}, beside which no CNAME record can be`,
        cure: 'write their recordType',
      },
    ];
  const twin = recordType === 'A' ? 'AAAA' : 'A';
  if (!types.has(twin)) return [];
  const users = twin === 'AAAA' ? 'IPv6' : 'IPv4';
  return [
    {
      severity: 'warning',
      message: `${name} has a record of type ${twin}, too, which is not switched: users with ${users} stay where it points`,
      cure: `remove it, or put both names behind one CNAME that is switched`,
    },
  ];
}

function lifetimes(records: readonly ResourceRecordSet[], { record, ttl, targets }: Route53Options): Finding[] {
  const name = shownName(record);
  const wanted = ttl / 1000;
  const findings: Finding[] = [];
  const present = Math.max(0, ...records.map(({ TTL }) => TTL ?? 0));
  if (present > wanted) {
    const isWeighted = records.some(({ Weight }) => Weight !== undefined);
    const until = isWeighted ? 'a switch moves weights and keeps it' : `from the next switch on it is ${wanted} s`;
    const message = `${name} has a TTL of ${present} s, longer than router.ttl (${wanted} s): users may keep the old answer for ${present} s, while the deployment waits ${wanted} s (${until})`;
    findings.push({
      severity: 'warning',
      message,
      cure: `set the record's TTL to ${wanted} s ${present} s before a deployment, or router.ttl to ${present}s`,
    });
  }
  const answersItself = COLORS.some((color) => targets[color].values);
  if (answersItself && wanted > LONG_TTL_SECONDS)
    findings.push({
      severity: 'warning',
      message: `router.ttl is ${wanted} s: after a switch, and after a rollback, users follow only within that time`,
      cure: 'use 60s or less',
    });
  return findings;
}

/** Route 53's own health checks overrule weights: where what has all the weight is not healthy, it answers with the rest. */
function healthChecked(records: readonly ResourceRecordSet[], { record }: Route53Options): Finding[] {
  const overruling = records.filter(
    ({ HealthCheckId, AliasTarget, Weight }) => HealthCheckId || (Weight !== undefined && AliasTarget?.EvaluateTargetHealth),
  );
  if (overruling.length === 0) return [];
  const names = overruling.map(
    ({ SetIdentifier, HealthCheckId }) =>
      `${SetIdentifier ?? 'the record'} (${HealthCheckId ? `health check ${HealthCheckId}` : 'evaluates target health'})`,
  );
  const message = `${shownName(record)}: Route 53 checks the health of ${names.join(', ')}, and answers with another record of the set where it fails, whatever the weights say`;
  return [
    { severity: 'warning', message, cure: 'see to it that both colors pass before a deployment, or take the health check off the records' },
  ];
}
