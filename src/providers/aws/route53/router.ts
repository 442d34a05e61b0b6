/** Users follow a DNS record: it points to one color's target. */
import { ChangeResourceRecordSetsCommand, GetChangeCommand, type ResourceRecordSet, Route53Client } from '@aws-sdk/client-route-53';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { type Routing, sameRouting } from '../../../core/routing.ts';
import { Readings } from '../../readings.ts';
import type { Call, Finding, Router } from '../../types.ts';
import { ask } from '../ask.ts';
import { askToChange } from '../change.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import { changeTo } from './change.ts';
import { type Found, findRouting } from './found.ts';
import { inspectRecord } from './inspect.ts';
import { zoneIdOf } from './names.ts';
import type { Route53Options } from './options.ts';
import { recordsOf } from './records.ts';

export async function createRoute53Router(options: Route53Options): Promise<Router> {
  return new Route53Router(options, clientOf(Route53Client, await withRegion(options)));
}

/** Route 53 is one for all regions, and the SDK wants one all the same: a worker that has none needs none for it. */
async function withRegion({ region, assumeRole }: AwsAccess): Promise<AwsAccess> {
  const configured = () => clientOf(Route53Client, { region, assumeRole }).config.region();
  return { region: region ?? (await configured().catch(() => 'us-east-1')), assumeRole };
}

class Route53Router implements Router {
  private readonly options: Route53Options;
  private readonly client: Route53Client;
  private readonly readings: Readings<Found>;

  constructor(options: Route53Options, client: Route53Client) {
    this.options = options;
    this.client = client;
    this.readings = new Readings(async (call) => findRouting(await recordsOf(call, client, options), options));
  }

  async read(call: Call): Promise<Routing> {
    return (await this.readings.now(call)).routing;
  }

  /** Route 53 compares nothing itself: whoever writes between our read and our write is overwritten, and the read-back tells. */
  async write(call: Call, { to, from }: { to: Color; from: Routing }): Promise<undefined | { pending: string }> {
    const found = this.readings.take(from) ?? (await this.readings.anew(call));
    if (found.routing.to === to) return undefined;
    const changed = sameRouting(found.routing, from) ? changeTo(to, found, this.options) : null;
    if (changed) return this.upsert(call, changed, to);
    const what = sameRouting(found.routing, from) ? 'cannot be switched without overwriting what is not ours' : 'is not as it was';
    throw new Failure('Drift', `the record ${what}, nothing was written: ${found.routing.summary}`, { found: found.routing });
  }

  async isEverywhere(call: Call, pending: string): Promise<boolean> {
    const { ChangeInfo } = await ask(call, { action: 'route53:GetChange', resource: pending }, (abortSignal) =>
      this.client.send(new GetChangeCommand({ Id: pending }), { abortSignal }),
    );
    return ChangeInfo?.Status === 'INSYNC';
  }

  inspect(call: Call): Promise<Finding[]> {
    return inspectRecord(call, this.client, this.options);
  }

  private async upsert(call: Call, records: ResourceRecordSet[], to: Color): Promise<{ pending: string }> {
    const { hostedZoneId, record, recordType } = this.options;
    const input = {
      HostedZoneId: zoneIdOf(hostedZoneId),
      ChangeBatch: {
        Comment: `cutover: all users to ${to}`,
        Changes: records.map((ResourceRecordSet) => ({ Action: 'UPSERT' as const, ResourceRecordSet })),
      },
    };
    const asked = { action: 'route53:ChangeResourceRecordSets', resource: `hosted zone ${input.HostedZoneId} (${record} ${recordType})` };
    const { ChangeInfo } = await askToChange(call, asked, (abortSignal) =>
      this.client.send(new ChangeResourceRecordSetsCommand(input), { abortSignal }),
    );
    if (!ChangeInfo?.Id)
      throw new Failure('Unavailable', `${asked.action} on ${asked.resource} answered without the id of the change; it is read again`);
    return { pending: ChangeInfo.Id };
  }
}
