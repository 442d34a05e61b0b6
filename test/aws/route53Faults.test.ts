import { expect, test } from 'vitest';
import type { Router } from '../../src/providers/types.ts';
import { call } from '../contract/routerContract.ts';
import { makeZone, NAME, VALUES, type Zone } from './route53Zone.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

const CHANGE = 'route53:ChangeResourceRecordSets';
const LIST = 'route53:ListResourceRecordSets';
const TRIES = 3;

describeAws('route53, when AWS fails', () => {
  const aws = useAws();

  async function onBlue(): Promise<{ zone: Zone; router: Router }> {
    const zone = await makeZone(aws);
    const router = await zone.router();
    await router.write(call(), { to: 'blue', from: await router.read(call()) });
    return { zone, router };
  }

  test('a lost answer leaves the switch done, and reading says so', async () => {
    const { router } = await onBlue();
    const from = await router.read(call());
    aws.faults.inject({ action: CHANGE, drop: 'response', times: TRIES });
    await expect(router.write(call(), { to: 'green', from })).rejects.toMatchObject({ type: 'Unavailable' });
    expect((await router.read(call())).to).toBe('green');
    expect(await router.write(call(), { to: 'green', from })).toBeUndefined();
  });

  test('a second try goes by what is there then, not by what the first had read', async () => {
    const { zone, router } = await onBlue();
    const from = await router.read(call());
    aws.faults.inject({ action: CHANGE, code: 'InternalFailure', times: TRIES });
    await expect(router.write(call(), { to: 'green', from })).rejects.toMatchObject({ type: 'Unavailable' });
    const somebody = await zone.router({ targets: { ...VALUES, green: { values: ['192.0.2.1'] } } });
    await somebody.write(call(), { to: 'green', from: await somebody.read(call()) });
    await expect(router.write(call(), { to: 'green', from })).rejects.toMatchObject({ type: 'Drift', details: { found: { to: 'other' } } });
    expect((await zone.record())[0]!.ResourceRecords).toEqual([{ Value: '192.0.2.1' }]);
  });

  test('a switch that was applied late is found by reading, and not written again', async () => {
    const { zone, router } = await onBlue();
    const from = await router.read(call());
    aws.faults.inject({ action: CHANGE, applyAfterMs: 50, code: 'InternalFailure' });
    aws.faults.inject({ action: CHANGE, code: 'InternalFailure', times: TRIES - 1 });
    await expect(router.write(call(), { to: 'green', from })).rejects.toMatchObject({ type: 'Unavailable' });
    await aws.faults.lateApplied();
    const before = await zone.dump();
    await router.write(call(), { to: 'green', from });
    expect(await zone.dump()).toEqual(before);
    expect((await router.read(call())).to).toBe('green');
  });

  test.each(['Throttling', 'PriorRequestNotComplete'])('%s once goes unnoticed, and for long is a failure that may pass', async (code) => {
    const { router } = await onBlue();
    aws.faults.inject({ action: CHANGE, code });
    await router.write(call(), { to: 'green', from: await router.read(call()) });
    aws.faults.inject({ action: CHANGE, code, times: TRIES });
    const again = router.write(call(), { to: 'blue', from: await router.read(call()) });
    await expect(again).rejects.toMatchObject({ type: 'Unavailable', message: expect.stringContaining('throttled') });
  });

  test.each([
    [LIST, (router: Router) => router.read(call())],
    [CHANGE, async (router: Router) => router.write(call(), { to: 'green', from: await router.read(call()) })],
    ['route53:GetChange', (router: Router) => router.isEverywhere!(call(), '/change/C2682N5HXP0BZ4')],
  ])('%s that is not allowed is final, and says the action and on what', async (action, act) => {
    const { zone, router } = await onBlue();
    aws.faults.deny(action);
    const failure = await act(router).then(
      () => null,
      (error) => error,
    );
    expect(failure).toMatchObject({ type: 'PermissionDenied' });
    expect(failure.message).toContain(`${action} on`);
    expect(failure.message).toContain(action === 'route53:GetChange' ? 'C2682N5HXP0BZ4' : `hosted zone ${zone.id} (${NAME}`);
    expect(failure.message).toContain(`allow ${action}`);
  });

  test('a zone that is not there is final, and named', async () => {
    const { zone } = await onBlue();
    const router = await zone.router({ hostedZoneId: 'Z00000000' });
    await expect(router.read(call())).rejects.toMatchObject({
      type: 'NotFound',
      message: expect.stringContaining('hosted zone Z00000000'),
    });
  });

  test('a record that Route 53 refuses is final, in its words', async () => {
    const { zone } = await onBlue();
    const router = await zone.router({ record: 'shop.example.org' });
    const refused = router.write(call(), { to: 'green', from: await router.read(call()) });
    await expect(refused).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining('is not permitted in zone'),
    });
  });

  test('nothing is asked for whoever does not wait any more', async () => {
    const { router } = await onBlue();
    const from = await router.read(call());
    aws.faults.calls = [];
    const gone = { ...call(), signal: AbortSignal.abort() };
    await expect(router.read(gone)).rejects.toThrow();
    await expect(router.write(gone, { to: 'green', from })).rejects.toThrow();
    expect(aws.faults.callsOf(CHANGE)).toEqual([]);
  });
});
