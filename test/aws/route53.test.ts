import { expect, test } from 'vitest';
import type { Router } from '../../src/providers/types.ts';
import { call, routerContract } from '../contract/routerContract.ts';
import { ALIASES, addresses, makeZone, NAME, VALUES, type Zone } from './route53Zone.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

const RECORD = `${NAME}.`;
const CAVEAT = 'resolvers and clients may hold an older answer longer';

async function send(router: Router, to: 'blue' | 'green') {
  return router.write(call(), { to, from: await router.read(call()) });
}

/** What of the zone is not the record. */
const others = async (zone: Zone) => (await zone.dump()).filter(({ Name, Type }) => Name !== RECORD || Type !== 'A');

describeAws('route53', () => {
  const aws = useAws();
  const close = async () => {};

  routerContract('route53, addresses', async () => {
    const zone = await makeZone(aws);
    const router = await zone.router();
    return { router, restart: () => zone.router(), close };
  });
  routerContract('route53, aliases', async () => {
    const zone = await makeZone(aws);
    const router = await zone.router({ targets: ALIASES });
    return { router, restart: () => zone.router({ targets: ALIASES }), close };
  });
  routerContract('route53, a weighted set', async () => {
    const zone = await makeZone(aws);
    const options = { setIdentifiers: { blue: 'one', green: 'two' } };
    const router = await zone.router(options);
    return { router, restart: () => zone.router(options), close };
  });
  routerContract('route53, a wildcard CNAME', async () => {
    const zone = await makeZone(aws);
    const options = {
      record: '\\052.Apps.example.com',
      recordType: 'CNAME',
      targets: { blue: { values: ['b.example.net'] }, green: { values: ['g.example.net'] } },
    };
    const router = await zone.router(options);
    return { router, restart: () => zone.router({ ...options, record: '*.apps.example.com.' }), close };
  });

  test('what is read says the address, the TTL, and that DNS promises no more than that', async () => {
    const zone = await makeZone(aws);
    await zone.put({ Name: RECORD, Type: 'A', ...addresses('203.0.113.11', '203.0.113.10') });
    const routing = await (await zone.router({ hostedZoneId: `/hostedzone/${zone.id}`, record: 'Shop.Example.com.' })).read(call());
    expect(routing).toEqual({ to: 'blue', summary: `shop.example.com A → blue (203.0.113.11, 203.0.113.10), TTL 60 s; ${CAVEAT}` });
  });

  test('an alias is the color’s however the console wrote it', async () => {
    const zone = await makeZone(aws);
    const AliasTarget = {
      DNSName: 'dualstack.Shop-Green-1.eu-west-1.elb.amazonaws.com.',
      HostedZoneId: 'Z32O12XQLNTSW2',
      EvaluateTargetHealth: true,
    };
    await zone.put({ Name: RECORD, Type: 'A', AliasTarget });
    const routing = await (await zone.router({ targets: ALIASES })).read(call());
    expect(routing.to).toBe('green');
    expect(routing.summary).toContain("the alias target's TTL");
  });

  test('a switch changes the addresses and the TTL of the record, and nothing else in the zone', async () => {
    const zone = await makeZone(aws);
    await zone.put({
      Name: RECORD,
      Type: 'A',
      HealthCheckId: 'abcdef11-2222-3333-4444-555555fedcba',
      ...addresses(...VALUES.blue.values),
      TTL: 300,
    });
    const before = await others(zone);
    expect(await send(await zone.router({ ttl: 30 }), 'green')).toEqual({ pending: expect.stringMatching(/^\/change\/|^C/) });
    expect(await zone.record()).toEqual([
      { Name: RECORD, Type: 'A', HealthCheckId: 'abcdef11-2222-3333-4444-555555fedcba', ...addresses(...VALUES.green.values), TTL: 30 },
    ]);
    expect(await others(zone)).toEqual(before);
  });

  test('an alias keeps whether it evaluates the health of its target, unless the file says', async () => {
    const zone = await makeZone(aws);
    const AliasTarget = { DNSName: 'shop-blue-1.eu-west-1.elb.amazonaws.com.', HostedZoneId: 'Z32O12XQLNTSW2', EvaluateTargetHealth: true };
    await zone.put({ Name: RECORD, Type: 'A', AliasTarget });
    await send(await zone.router({ targets: ALIASES }), 'green');
    expect((await zone.record())[0]!.AliasTarget).toMatchObject({ DNSName: ALIASES.green.alias.dnsName, EvaluateTargetHealth: true });
    const blue = { alias: { ...ALIASES.blue.alias, evaluateTargetHealth: false } };
    await send(await zone.router({ targets: { ...ALIASES, blue } }), 'blue');
    expect((await zone.record())[0]!.AliasTarget!.EvaluateTargetHealth).toBe(false);
  });

  test('addresses can follow an alias, and an alias addresses', async () => {
    const zone = await makeZone(aws);
    const router = await zone.router({ targets: { blue: ALIASES.blue, green: VALUES.green } });
    await send(router, 'blue');
    await send(router, 'green');
    expect(await zone.record()).toEqual([{ Name: RECORD, Type: 'A', ...addresses(...VALUES.green.values) }]);
    await send(router, 'blue');
    expect(Object.keys((await zone.record())[0]!).sort()).toEqual(['AliasTarget', 'Name', 'Type']);
    expect((await router.read(call())).to).toBe('blue');
  });

  test('a switch needs one read, one write and one read-back', async () => {
    const zone = await makeZone(aws);
    const router = await zone.router();
    await send(router, 'blue');
    aws.faults.calls = [];
    await send(router, 'green');
    expect((await router.read(call())).to).toBe('green');
    expect(aws.faults.calls.map(({ action }) => action)).toEqual([
      'route53:ListResourceRecordSets',
      'route53:ChangeResourceRecordSets',
      'route53:ListResourceRecordSets',
    ]);
  });

  test('a change is everywhere when Route 53 says INSYNC, not when it has taken it', async () => {
    const zone = await makeZone(aws);
    const router = await zone.router();
    const { pending } = (await send(router, 'blue')) as { pending: string };
    const info = `<Id>${pending}</Id><Status>PENDING</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt>`;
    const body = `<GetChangeResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo>${info}</ChangeInfo></GetChangeResponse>`;
    aws.faults.inject({ action: 'route53:GetChange', status: 200, body, times: 2 });
    const seen: boolean[] = [];
    for (let turn = 0; turn < 3; turn += 1) seen.push(await router.isEverywhere!(call(), pending));
    expect(seen).toEqual([false, false, true]);
  });

  const FOREIGN: [string, object[], string][] = [
    ['somebody else’s address', [addresses('192.0.2.1')], '→ 192.0.2.1, the target of neither color'],
    ['only a part of a color’s addresses', [addresses('203.0.113.10')], 'neither color'],
    [
      'latency records',
      [{ SetIdentifier: 'eu', Region: 'eu-west-1', ...addresses('203.0.113.10') }],
      'a set of latency records, which is not overwritten',
    ],
    ['failover records', [{ SetIdentifier: 'p', Failover: 'PRIMARY', ...addresses('203.0.113.10') }], 'failover records'],
    [
      'geolocation records',
      [{ SetIdentifier: 'g', GeoLocation: { CountryCode: 'GB' }, ...addresses('203.0.113.10') }],
      'geolocation records',
    ],
    ['multivalue answers', [{ SetIdentifier: 'm', MultiValueAnswer: true, ...addresses('203.0.113.10') }], 'multivalue answer records'],
  ];
  test.each(FOREIGN)('%s: neither color, said in words', async (_, records, words) => {
    const zone = await makeZone(aws);
    await zone.put(...records.map((record) => ({ Name: RECORD, Type: 'A' as const, ...record })));
    const routing = await (await zone.router()).read(call());
    expect(routing.to).toBe('other');
    expect(routing.summary).toContain(words);
  });

  test('latency records are not overwritten even when a person asks for a color', async () => {
    const zone = await makeZone(aws);
    await zone.put({ Name: RECORD, Type: 'A', SetIdentifier: 'eu', Region: 'eu-west-1', ...addresses('203.0.113.10') });
    const before = await zone.dump();
    await expect(send(await zone.router(), 'blue')).rejects.toMatchObject({ type: 'Drift', details: { found: { to: 'other' } } });
    expect(await zone.dump()).toEqual(before);
  });

  test('a foreign address is replaced where a person asks for it: the write comes from what was read', async () => {
    const zone = await makeZone(aws);
    await zone.put({ Name: RECORD, Type: 'A', ...addresses('192.0.2.1') });
    const router = await zone.router();
    await send(router, 'blue');
    expect((await router.read(call())).to).toBe('blue');
  });

  test('a record is found among more records than one answer has', async () => {
    const zone = await makeZone(aws);
    const router = await zone.router();
    await send(router, 'blue');
    const first =
      '<ResourceRecordSets/><IsTruncated>true</IsTruncated><NextRecordName>shop.example.com.</NextRecordName><NextRecordType>A</NextRecordType><NextRecordIdentifier>x</NextRecordIdentifier><MaxItems>100</MaxItems>';
    const body = `<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">${first}</ListResourceRecordSetsResponse>`;
    aws.faults.inject({ action: 'route53:ListResourceRecordSets', status: 200, body });
    expect((await router.read(call())).to).toBe('blue');
    expect(aws.faults.callsOf('route53:ListResourceRecordSets').at(-1)!.params).toMatchObject({ identifier: 'x' });
  });
});
