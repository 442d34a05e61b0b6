import { describe, expect, test } from 'vitest';
import { parseWith } from '../../src/config/issues.ts';
import { jsonSchema } from '../../src/config/jsonSchema.ts';
import { route53Router } from '../../src/providers/routers/route53.ts';

const alias = (dnsName: string) => ({ alias: { dnsName, hostedZoneId: 'Z32O12XQLNTSW2' } });
const GIVEN = {
  hostedZoneId: '/hostedzone/Z123',
  record: 'shop.example.com',
  targets: { blue: { values: ['203.0.113.1'] }, green: { values: ['203.0.113.2'] } },
};

const parse = (given: object) => parseWith(route53Router.options, { ...GIVEN, ...given });
const complaints = (given: object): string[] => {
  const parsed = parse(given);
  return 'complaints' in parsed ? parsed.complaints.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
};

describe('router: route53 in a service file', () => {
  test('defaults are an A record with a TTL of a minute', () => {
    expect(parse({})).toMatchObject({ data: { recordType: 'A', ttl: 60_000 } });
  });

  test.each([
    ['60s', 60_000],
    ['5m', 300_000],
    [30, 30_000],
    [0, 0],
  ])('a TTL of %s is understood', (ttl, ms) => {
    expect(parse({ ttl })).toMatchObject({ data: { ttl: ms } });
  });

  test.each([
    ['*.shop.example.com', 'A'],
    ['\\052.shop.example.com.', 'A'],
    ['_sip.example.com', 'CNAME'],
    ['{service}.example.com', 'A'],
    ['${env:RECORD}', 'A'],
  ])('%s is the name of a record', (record) => {
    expect(complaints({ record })).toEqual([]);
  });

  test.each([
    ['a TTL of half a second', { ttl: '500ms' }, 'ttl: a TTL is a whole number of seconds, at most 2147483647'],
    ['a negative TTL', { ttl: -1 }, 'ttl: expected at least 0, found -1'],
    ['a TTL in words', { ttl: 'a minute' }, 'ttl: a duration is written 500ms, 30s, 10m or 24h, found "a minute"'],
    [
      'an address that is none',
      { targets: { ...GIVEN.targets, green: { values: ['203.0.113.256'] } } },
      'targets.green.values.0: expected an IPv4 address, found "203.0.113.256"',
    ],
    [
      'an IPv4 address in an AAAA record',
      { recordType: 'AAAA', targets: { blue: { values: ['::1'] }, green: { values: ['203.0.113.2'] } } },
      'targets.green.values.0: expected an IPv6 address, found "203.0.113.2"',
    ],
    [
      'two names in a CNAME',
      { recordType: 'CNAME', targets: { blue: { values: ['b.net'] }, green: { values: ['g.net', 'h.net'] } } },
      'targets.green.values: a CNAME record has one value',
    ],
    [
      'one target for both',
      { targets: { blue: alias('lb.example.net'), green: alias('dualstack.LB.example.net.') } },
      'targets.green: the same target as blue: the colors could not be told apart',
    ],
    [
      'one IPv6 address in two spellings',
      { recordType: 'AAAA', targets: { blue: { values: ['2001:db8::1'] }, green: { values: ['2001:DB8:0::1'] } } },
      'targets.green: the same target as blue: the colors could not be told apart',
    ],
    [
      'alias and values',
      { targets: { ...GIVEN.targets, blue: { values: ['203.0.113.1'], ...alias('lb.example.net') } } },
      'targets.blue: needs either alias or values',
    ],
    ['one set identifier for both', { setIdentifiers: { blue: 'a', green: 'a' } }, 'setIdentifiers.green: the same identifier as blue'],
    ['a name with a space', { record: 'shop example.com' }, 'record: expected the name of a host, found "shop example.com"'],
    [
      'a zone that is a name',
      { hostedZoneId: 'example.com' },
      'hostedZoneId: expected the id of a hosted zone: Z0123456789ABC, found "example.com"',
    ],
  ])('%s is refused', (_, given, message) => {
    expect(complaints(given)).toContain(message);
  });

  test('users move within the TTL: the longer of the two where one target is an alias', () => {
    const spread = (given: object) =>
      route53Router.spreadMs!((parse(given) as { data: Parameters<NonNullable<typeof route53Router.spreadMs>>[0] }).data);
    expect(spread({ ttl: 20 })).toBe(20_000);
    expect(spread({ ttl: 20, targets: { ...GIVEN.targets, blue: alias('lb.example.net') } })).toBe(60_000);
    expect(spread({ ttl: '5m', targets: { ...GIVEN.targets, blue: alias('lb.example.net') } })).toBe(300_000);
  });

  test('the JSON Schema shows a TTL as it is written', () => {
    const { properties } = jsonSchema() as {
      properties: { router: { oneOf: { properties: Record<string, { const?: string; default?: unknown }> }[] } };
    };
    const branch = properties.router.oneOf.find(({ properties: { type } }) => type!.const === 'route53')!;
    expect(branch.properties.ttl!.default).toBe('60s');
  });
});
