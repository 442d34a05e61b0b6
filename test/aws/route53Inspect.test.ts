import { expect, test } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { ALIASES, addresses, makeZone, NAME, VALUES } from './route53Zone.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

const Name = `${NAME}.`;
const BLUE = { Name, Type: 'A' as const, ...addresses(...VALUES.blue.values) };

describeAws('route53, inspected', () => {
  const aws = useAws();

  const findingsOf = async (options: Record<string, unknown>, ...records: Parameters<Awaited<ReturnType<typeof makeZone>>['put']>) => {
    const zone = await makeZone(aws);
    if (records.length > 0) await zone.put(...records);
    const router = await zone.router(options);
    return (await router.inspect!(call())).map(({ severity, message, cure }) => `${severity}: ${message}: ${cure}`);
  };

  test('a sound record, and one that is to be made, have no findings, and nothing is written', async () => {
    expect(await findingsOf({}, BLUE)).toEqual([]);
    expect(await findingsOf({})).toEqual([]);
    expect(aws.faults.callsOf('route53:ChangeResourceRecordSets')).toEqual([]);
  });

  test.each([
    ['a record that points elsewhere', {}, [{ ...BLUE, ...addresses('192.0.2.1') }], /^error: .*192\.0\.2\.1, the target of neither color/],
    ['a name outside the zone', { record: 'shop.example.org' }, [], /^error: shop\.example\.org is not in hosted zone/],
    [
      'a CNAME at the apex',
      {
        record: 'example.com',
        recordType: 'CNAME',
        targets: { blue: { values: ['b.example.net'] }, green: { values: ['g.example.net'] } },
      },
      [],
      /^error: example\.com is the apex/,
    ],
    ['a CNAME under the name', {}, [{ Name, Type: 'CNAME' as const, ...addresses('x.example.net') }], /^error: .*has a CNAME record/],
    ['an IPv6 twin', {}, [BLUE, { Name, Type: 'AAAA' as const, ...addresses('2001:db8::1') }], /^warning: .*users with IPv6 stay/],
    ['a longer TTL than the file’s', {}, [{ ...BLUE, TTL: 3600 }], /^warning: .*TTL of 3600 s, longer than router\.ttl \(60 s\)/],
    ['a long TTL in the file', { ttl: '1h' }, [BLUE], /^warning: router\.ttl is 3600 s/],
    ['a health check', {}, [{ ...BLUE, HealthCheckId: 'abcdef11' }], /^warning: .*health check abcdef11/],
    [
      'an alias with the zone of the record itself',
      { targets: { ...ALIASES, green: { alias: { ...ALIASES.green.alias, hostedZoneId: 'Z1' } } }, hostedZoneId: 'Z1' },
      [],
      /^error: the alias target of green, shop-green-1\.eu-west-1\.elb\.amazonaws\.com, is not in hosted zone Z1/,
    ],
    [
      'an alias with another zone than the record has',
      { targets: ALIASES },
      [
        {
          Name,
          Type: 'A' as const,
          AliasTarget: { DNSName: ALIASES.blue.alias.dnsName, HostedZoneId: 'Z2IFOLAFXWLO4F', EvaluateTargetHealth: false },
        },
      ],
      /^error: .*write hostedZoneId Z2IFOLAFXWLO4F in router\.targets\.blue\.alias/,
    ],
  ])('%s is found', async (_, options, records, finding) => {
    expect(await findingsOf(options, ...records)).toContainEqual(expect.stringMatching(finding));
  });

  test('all missing permissions are found at once, each by its action', async () => {
    for (const action of ['GetHostedZone', 'ListResourceRecordSets', 'GetChange']) aws.faults.deny(`route53:${action}`);
    const findings = await findingsOf({});
    expect(findings).toHaveLength(3);
    for (const action of ['GetHostedZone', 'ListResourceRecordSets', 'GetChange']) {
      expect(findings).toContainEqual(expect.stringMatching(new RegExp(`^error: route53:${action} on .*: allow route53:${action}`)));
    }
  });
});
