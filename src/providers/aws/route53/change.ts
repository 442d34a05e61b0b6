/** The change that sends all users to a color: the records to write, all else of them as it was. Pure. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { type Color, otherColor } from '../../../core/plan.ts';
import type { Found } from './found.ts';
import { canonicalName } from './names.ts';
import type { Route53Options } from './options.ts';
import { withTarget } from './target.ts';

/** The weight of a record that gets all users, where there is none to take over. */
const FULL_WEIGHT = 100;

/** What is to be written; null where nothing could be without overwriting what is not ours. */
export function changeTo(to: Color, found: Found, options: Route53Options): ResourceRecordSet[] | null {
  const { targets, ttl } = options;
  switch (found.kind) {
    case 'absent':
      return [newRecord(to, options.setIdentifiers ? FULL_WEIGHT : null, ttl / 1000, options)];
    case 'simple':
      return [withTarget(found.record, targets[to], ttl / 1000)];
    case 'weighted':
      return swapped(to, found, options);
    case 'foreign':
      return null;
  }
}

/** The weight moves from one color's record to the other's, in one batch. Records that are neither's stay as they are. */
function swapped(to: Color, { own, others }: Extract<Found, { kind: 'weighted' }>, options: Route53Options): ResourceRecordSet[] | null {
  if (others.some(({ Weight }) => (Weight ?? 0) > 0)) return null;
  const old = own[otherColor(to)];
  const weight = Math.max(own.blue?.Weight ?? 0, own.green?.Weight ?? 0) || FULL_WEIGHT;
  // All records of a weighted set have to have one TTL.
  const ttl = [...Object.values(own), ...others].find(({ TTL }) => TTL !== undefined)?.TTL ?? options.ttl / 1000;
  const live = own[to] ? { ...own[to], Weight: weight } : newRecord(to, weight, ttl, options);
  return old ? [live, { ...old, Weight: 0 }] : [live];
}

function newRecord(to: Color, weight: number | null, ttl: number, options: Route53Options): ResourceRecordSet {
  const { record, recordType, setIdentifiers, targets } = options;
  const weighted = weight === null ? {} : { SetIdentifier: setIdentifiers?.[to] ?? to, Weight: weight };
  return withTarget({ Name: canonicalName(record), Type: recordType, ...weighted }, targets[to], ttl);
}
