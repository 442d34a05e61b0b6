/** What would make a switch by DNS go wrong, found by reading. */
import { GetChangeCommand, GetHostedZoneCommand, type Route53Client } from '@aws-sdk/client-route-53';
import { Failure } from '../../../core/failure.ts';
import { attempt } from '../../attempt.ts';
import type { Call, Finding } from '../../types.ts';
import { ask } from '../ask.ts';
import { inspectAliases } from './inspectAliases.ts';
import { inspectRecords } from './inspectRecords.ts';
import { canonicalName, shownName, zoneIdOf } from './names.ts';
import type { Route53Options } from './options.ts';
import { recordsOf } from './records.ts';

export async function inspectRecord(call: Call, client: Route53Client, options: Route53Options): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { hostedZoneId, record } = options;
  const [zoneName, records] = await Promise.all([
    attempt(findings, zoneNameOf(call, client, zoneIdOf(hostedZoneId))),
    attempt(findings, recordsOf(call, client, { hostedZoneId, record })),
    attempt(findings, mayAskForChanges(call, client)),
  ]);
  return [
    ...findings,
    ...(zoneName === null ? [] : inspectName(zoneName, options)),
    ...inspectAliases(zoneName, options),
    ...(records === null ? [] : inspectRecords(records, options)),
  ];
}

async function zoneNameOf(call: Call, client: Route53Client, Id: string): Promise<string> {
  const { HostedZone } = await ask(call, { action: 'route53:GetHostedZone', resource: `hosted zone ${Id}` }, (abortSignal) =>
    client.send(new GetHostedZoneCommand({ Id }), { abortSignal }),
  );
  return canonicalName(HostedZone?.Name ?? '');
}

/** Needed only after the switch, when it is too late to find that it is not allowed. No change has this id: to be told so is to be allowed. */
async function mayAskForChanges(call: Call, client: Route53Client): Promise<void> {
  try {
    await ask(call, { action: 'route53:GetChange', resource: 'arn:aws:route53:::change/*' }, (abortSignal) =>
      client.send(new GetChangeCommand({ Id: 'C0000000000000' }), { abortSignal }),
    );
  } catch (error) {
    call.signal.throwIfAborted();
    if (error instanceof Failure && error.type === 'PermissionDenied') throw error;
  }
}

function inspectName(zoneName: string, { record, recordType, hostedZoneId }: Route53Options): Finding[] {
  const name = canonicalName(record);
  const zone = `hosted zone ${zoneIdOf(hostedZoneId)} (${shownName(zoneName)})`;
  if (name !== zoneName && !name.endsWith(`.${zoneName}`))
    return [{ severity: 'error', message: `${shownName(record)} is not in ${zone}`, cure: 'correct router.record or router.hostedZoneId' }];
  if (name === zoneName && recordType === 'CNAME')
    return [
      {
        severity: 'error',
        message: `${shownName(record)} is the apex of ${zone}, where no CNAME can be`,
        cure: 'use recordType A with alias targets',
      },
    ];
  return [];
}
