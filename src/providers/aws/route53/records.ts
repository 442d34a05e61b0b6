/** The records of a hosted zone under one name, read in the order that Route 53 keeps them in. */
import { ListResourceRecordSetsCommand, type ResourceRecordSet, type Route53Client } from '@aws-sdk/client-route-53';
import { Failure } from '../../../core/failure.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { canonicalName, zoneIdOf } from './names.ts';
import type { Route53Options } from './options.ts';

/** A name and type has at most 100 records: a read of one is a single page, and not the rest of a large zone. */
const PAGE = 100;

type Wanted = Pick<Route53Options, 'hostedZoneId' | 'record'> & { recordType?: Route53Options['recordType'] };

/** All records of the name, or of the name and one type. */
export async function recordsOf(
  call: Call,
  client: Route53Client,
  { hostedZoneId, record, recordType }: Wanted,
): Promise<ResourceRecordSet[]> {
  const name = canonicalName(record);
  const asked = { action: 'route53:ListResourceRecordSets', resource: `hosted zone ${zoneIdOf(hostedZoneId)} (${record})` };
  const isWanted = ({ Name, Type }: ResourceRecordSet): boolean =>
    canonicalName(Name ?? '') === name && (recordType === undefined || Type === recordType);
  const records: ResourceRecordSet[] = [];
  let start: object = { StartRecordName: name, ...(recordType && { StartRecordType: recordType }) };
  for (;;) {
    const input = { HostedZoneId: zoneIdOf(hostedZoneId), MaxItems: PAGE, ...start };
    const page = await ask(call, asked, (abortSignal) => client.send(new ListResourceRecordSetsCommand(input), { abortSignal }));
    const listed = page.ResourceRecordSets ?? [];
    records.push(...listed.filter(isWanted));
    if (!page.IsTruncated || !listed.every(isWanted)) return records;
    const next = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      StartRecordIdentifier: page.NextRecordIdentifier,
    };
    if (JSON.stringify(next) === JSON.stringify(start))
      throw new Failure('Unavailable', `${asked.action} on ${asked.resource} answered with one page twice`);
    start = next;
  }
}
