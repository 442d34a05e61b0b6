/** What the records under the name say: which color users are sent to, and what a write may touch. Pure. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { COLORS, type Color } from '../../../core/plan.ts';
import type { Routing } from '../../../core/routing.ts';
import { shownName } from './names.ts';
import type { Route53Options } from './options.ts';
import { sameTarget, targetInWords, targetOf } from './target.ts';

export type OwnRecords = { [color in Color]?: ResourceRecordSet };

export type Found = { routing: Routing } & (
  | { kind: 'absent' }
  | { kind: 'simple'; record: ResourceRecordSet }
  /** `own` are the two colors' records; `others` those of the set that are neither's. */
  | { kind: 'weighted'; own: OwnRecords; others: ResourceRecordSet[] }
  /** Nothing that a switch could change without breaking somebody's rules. */
  | { kind: 'foreign' }
);

/** DNS promises no more than this, and people should know. */
const CAVEAT = 'resolvers and clients may hold an older answer longer';

/** `records` are all of the name and the type. */
export function findRouting(records: readonly ResourceRecordSet[], options: Route53Options): Found {
  const name = `${shownName(options.record)} ${options.recordType}`;
  const [first] = records;
  if (!first) return { kind: 'absent', routing: { to: 'none', summary: `${name}: no such record in hosted zone ${options.hostedZoneId}` } };
  const policy = records.map(policyOf).find((found) => found !== null);
  if (policy) return { kind: 'foreign', routing: { to: 'other', summary: `${name} is ${policy}, which is not overwritten` } };
  return first.Weight === undefined ? findSimple(first, name, options) : findWeighted(records, name, options);
}

/** How Route 53 chooses among records of one name, where that is not by weight alone. */
function policyOf(record: ResourceRecordSet): string | null {
  if (record.TrafficPolicyInstanceId) return `made by the traffic policy instance ${record.TrafficPolicyInstanceId}`;
  if (record.Failover) return 'a set of failover records';
  if (record.Region) return 'a set of latency records';
  if (record.GeoLocation) return 'a set of geolocation records';
  if (record.GeoProximityLocation) return 'a set of geoproximity records';
  if (record.CidrRoutingConfig) return 'a set of IP-based records';
  // Also answered as false, for a record that is none.
  return record.MultiValueAnswer ? 'a set of multivalue answer records' : null;
}

function findSimple(record: ResourceRecordSet, name: string, options: Route53Options): Found {
  const target = targetOf(record);
  const color = COLORS.find((candidate) => sameTarget(target, options.targets[candidate]));
  const words = targetInWords(target);
  const routing: Routing = color
    ? { to: color, summary: `${name} → ${color} (${words}), ${answersKept([record])}` }
    : { to: 'other', summary: `${name} → ${words}, the target of neither color` };
  return { kind: 'simple', record, routing };
}

function findWeighted(records: readonly ResourceRecordSet[], name: string, options: Route53Options): Found {
  const claims = COLORS.map((color) => records.filter((record) => isOf(record, color, options)));
  const doubled = COLORS.find((_, index) => claims[index]!.length > 1);
  if (doubled) {
    const summary = `${name} is weighted, and several of its records point to ${doubled}: say in setIdentifiers which one is meant`;
    return { kind: 'foreign', routing: { to: 'other', summary } };
  }
  const own: OwnRecords = Object.fromEntries(COLORS.flatMap((color, index) => claims[index]!.map((record) => [color, record])));
  const wrong = COLORS.find((color) => own[color] && !sameTarget(targetOf(own[color]), options.targets[color]));
  if (wrong) {
    const summary = `${name} is weighted, and its record ${own[wrong]!.SetIdentifier} points to ${targetInWords(targetOf(own[wrong]!))}, not to the target of ${wrong}`;
    return { kind: 'foreign', routing: { to: 'other', summary } };
  }
  const others = records.filter((record) => record !== own.blue && record !== own.green);
  return { kind: 'weighted', own, others, routing: weightedRouting(records, own, name) };
}

const isOf = (record: ResourceRecordSet, color: Color, { setIdentifiers, targets }: Route53Options): boolean =>
  setIdentifiers ? record.SetIdentifier === setIdentifiers[color] : sameTarget(targetOf(record), targets[color]);

/** Where all weights are 0, Route 53 answers with all of them. */
export const answering = (records: readonly ResourceRecordSet[]): readonly ResourceRecordSet[] => {
  const weighty = records.filter(({ Weight }) => (Weight ?? 0) > 0);
  return weighty.length > 0 ? weighty : records;
};

function weightedRouting(records: readonly ResourceRecordSet[], own: OwnRecords, name: string): Routing {
  const live = answering(records);
  const color = live.length === 1 ? COLORS.find((candidate) => own[candidate] === live[0]) : undefined;
  if (color) {
    const [record] = live;
    const words = `${targetInWords(targetOf(record!))}, set identifier ${record!.SetIdentifier}, weight ${record!.Weight}`;
    return { to: color, summary: `${name} → ${color} (${words}), ${answersKept(records)}` };
  }
  const shares = live.map((record) => `${record.SetIdentifier} (${targetInWords(targetOf(record))}) has weight ${record.Weight}`);
  return { to: 'other', summary: `${name} is weighted and not all on one color: ${shares.slice(0, 6).join(', ')}` };
}

function answersKept(records: readonly ResourceRecordSet[]): string {
  const ttls = records.flatMap(({ TTL }) => (TTL === undefined ? [] : [TTL]));
  return `${ttls.length > 0 ? `TTL ${Math.max(...ttls)} s` : "the alias target's TTL"}; ${CAVEAT}`;
}
