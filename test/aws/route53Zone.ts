/** A hosted zone for tests, with records of others in it, and what is in it byte for byte. */
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Route53Options } from '../../src/providers/aws/route53/options.ts';
import { route53Router } from '../../src/providers/routers/route53.ts';
import type { Router } from '../../src/providers/types.ts';
import type { Aws } from './support/aws.ts';

export const NAME = 'shop.example.com';

export const VALUES = { blue: { values: ['203.0.113.10', '203.0.113.11'] }, green: { values: ['203.0.113.20', '203.0.113.21'] } };

const alias = (color: string) => ({ alias: { dnsName: `shop-${color}-1.eu-west-1.elb.amazonaws.com`, hostedZoneId: 'Z32O12XQLNTSW2' } });
export const ALIASES = { blue: alias('blue'), green: alias('green') };

export const addresses = (...values: string[]) => ({ TTL: 60, ResourceRecords: values.map((Value) => ({ Value })) });

/** Everything around the record that a switch has nothing to do with. */
const NEIGHBOURS: ResourceRecordSet[] = [
  { Name: 'example.com.', Type: 'A', ...addresses('198.51.100.1') },
  { Name: 'shop.example.com.', Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: '"v=spf1 -all"' }] },
  { Name: 'a.shop.example.com.', Type: 'A', ...addresses('198.51.100.2') },
  { Name: 'shopping.example.com.', Type: 'A', SetIdentifier: 'blue', Weight: 7, ...addresses('203.0.113.10') },
];

export interface Zone {
  id: string;
  put(...records: ResourceRecordSet[]): Promise<void>;
  /** All records of the zone. */
  dump(): Promise<ResourceRecordSet[]>;
  /** The records of the name and type. */
  record(type?: string, name?: string): Promise<ResourceRecordSet[]>;
  router(options?: Record<string, unknown>): Promise<Router>;
}

export async function makeZone(aws: Aws): Promise<Zone> {
  const { route53: client } = aws.clients;
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: `${Math.random()}` }));
  const id = HostedZone!.Id!.replace('/hostedzone/', '');
  const put = async (...records: ResourceRecordSet[]): Promise<void> => {
    const Changes = records.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet }));
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: id, ChangeBatch: { Changes } }));
  };
  const dump = async () => (await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: id }))).ResourceRecordSets!;
  await put(...NEIGHBOURS);
  return {
    id,
    put,
    dump,
    record: async (type = 'A', name = `${NAME}.`) => (await dump()).filter((record) => record.Name === name && record.Type === type),
    router: (options = {}) =>
      route53Router.create(route53Options({ hostedZoneId: id, ...options }), {
        service: 'shop',
        folder: '/',
        stateDir: '/',
        endpoints: { blue: null, green: null, preview: null },
      }),
  };
}

/** As a service file's are after it was read: plain JSON. */
export const route53Options = (given: Record<string, unknown>): Route53Options =>
  JSON.parse(JSON.stringify(route53Router.options.parse({ record: NAME, targets: VALUES, ...given })));
