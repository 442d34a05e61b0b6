import { expect, test } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { ALIASES, addresses, makeZone, NAME, VALUES, type Zone } from './route53Zone.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

const Name = `${NAME}.`;
const CHECK = 'abcdef11-2222-3333-4444-555555fedcba';

const BLUE = {
  Name,
  Type: 'A' as const,
  SetIdentifier: 'one',
  Weight: 120,
  HealthCheckId: CHECK,
  ...addresses(...VALUES.blue.values),
  TTL: 20,
};
const GREEN = { Name, Type: 'A' as const, SetIdentifier: 'two', Weight: 0, ...addresses(...VALUES.green.values), TTL: 20 };
const THIRD = { Name, Type: 'A' as const, SetIdentifier: 'three', Weight: 0, ...addresses('192.0.2.9'), TTL: 20 };

const byIdentifier = async (zone: Zone) => Object.fromEntries((await zone.record()).map((record) => [record.SetIdentifier, record]));

describeAws('route53, weighted sets', () => {
  const aws = useAws();

  test('the weight moves in one batch, and all else of the set and of the zone stays', async () => {
    const zone = await makeZone(aws);
    await zone.put(BLUE, GREEN, THIRD);
    const neighbours = async () => (await zone.dump()).filter((record) => record.Name !== Name);
    const before = await neighbours();
    const router = await zone.router();
    const from = await router.read(call());
    expect(from.summary).toContain('set identifier one, weight 120');
    await router.write(call(), { to: 'green', from });
    expect(await byIdentifier(zone)).toEqual({ one: { ...BLUE, Weight: 0 }, two: { ...GREEN, Weight: 120 }, three: THIRD });
    expect(aws.faults.callsOf('route53:ChangeResourceRecordSets')).toHaveLength(1);
    await router.write(call(), { to: 'blue', from: await router.read(call()) });
    expect(await byIdentifier(zone)).toEqual({ one: BLUE, two: GREEN, three: THIRD });
    expect(await neighbours()).toEqual(before);
  });

  test('weighted aliases, too', async () => {
    const zone = await makeZone(aws);
    const record = (color: 'blue' | 'green', Weight: number) => ({
      Name,
      Type: 'A' as const,
      SetIdentifier: color,
      Weight,
      AliasTarget: { DNSName: `dualstack.${ALIASES[color].alias.dnsName}.`, HostedZoneId: 'Z32O12XQLNTSW2', EvaluateTargetHealth: true },
    });
    await zone.put(record('blue', 0), record('green', 1));
    const router = await zone.router({ targets: ALIASES });
    const from = await router.read(call());
    expect(from.to).toBe('green');
    await router.write(call(), { to: 'blue', from });
    expect(await zone.record()).toEqual([record('blue', 1), record('green', 0)]);
  });

  test('a record that the other color does not have yet is made, with the TTL of the set', async () => {
    const zone = await makeZone(aws);
    await zone.put(BLUE);
    const router = await zone.router({ setIdentifiers: { blue: 'one', green: 'zwei' } });
    await router.write(call(), { to: 'green', from: await router.read(call()) });
    expect(await byIdentifier(zone)).toEqual({ one: { ...BLUE, Weight: 0 }, zwei: { ...GREEN, SetIdentifier: 'zwei', Weight: 120 } });
  });

  test('a single record is live also with weight 0: Route 53 answers with it', async () => {
    const zone = await makeZone(aws);
    await zone.put({ ...BLUE, Weight: 0 });
    const router = await zone.router();
    const from = await router.read(call());
    expect(from.to).toBe('blue');
    await router.write(call(), { to: 'green', from });
    expect((await router.read(call())).to).toBe('green');
  });

  test.each([
    ['both colors have weight', [BLUE, { ...GREEN, Weight: 1 }], 'one (203.0.113.10, 203.0.113.11) has weight 120, two'],
    ['all weights are 0', [{ ...BLUE, Weight: 0 }, GREEN], 'has weight 0'],
    ['a third record has weight', [BLUE, GREEN, { ...THIRD, Weight: 5 }], 'three (192.0.2.9) has weight 5'],
    ['two records point to one color', [BLUE, GREEN, { ...BLUE, SetIdentifier: 'copy' }], 'setIdentifiers'],
  ])('where %s, users are on neither color', async (_, records, words) => {
    const zone = await makeZone(aws);
    await zone.put(...records);
    const routing = await (await zone.router()).read(call());
    expect(routing.to).toBe('other');
    expect(routing.summary).toContain(words);
  });

  test('a record whose identifier is a color’s and whose address is not is not touched', async () => {
    const zone = await makeZone(aws);
    await zone.put({ ...BLUE, ...addresses('192.0.2.1') }, GREEN);
    const before = await zone.dump();
    const router = await zone.router({ setIdentifiers: { blue: 'one', green: 'two' } });
    const from = await router.read(call());
    expect(from.summary).toContain('record one points to 192.0.2.1, not to the target of blue');
    await expect(router.write(call(), { to: 'green', from })).rejects.toMatchObject({ type: 'Drift' });
    expect(await zone.dump()).toEqual(before);
  });

  test('a weight that somebody gave a third record is not overwritten, whoever asks; shares of the two colors are, by a person', async () => {
    const zone = await makeZone(aws);
    await zone.put(BLUE, { ...GREEN, Weight: 30 });
    const router = await zone.router();
    await router.write(call(), { to: 'green', from: await router.read(call()) });
    expect(await byIdentifier(zone)).toEqual({ one: { ...BLUE, Weight: 0 }, two: { ...GREEN, Weight: 120 } });
    await zone.put({ ...THIRD, Weight: 5 });
    const from = await router.read(call());
    await expect(router.write(call(), { to: 'blue', from })).rejects.toMatchObject({ type: 'Drift', details: { found: from } });
  });
});
