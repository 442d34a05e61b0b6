import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { switchTraffic } from '../../src/activities/traffic.ts';
import type { Color } from '../../src/core/plan.ts';
import { call } from '../contract/routerContract.ts';
import { makeShop, type Placement, planOf, type Shop, send } from './albSetup.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import type { Fault } from './support/faults.ts';
import { makeTargetGroup } from './support/loadBalancers.ts';

const MODIFY = 'elasticloadbalancing:ModifyListener';
const READ = 'elasticloadbalancing:DescribeListeners';
/** As many as the SDK tries by itself. */
const ATTEMPTS = 3;

describeAws('a switch of the alb router', () => {
  const aws = useAws();
  let shop: Shop;
  beforeEach(async () => {
    shop = await makeShop(aws);
  });
  const liveAtAws = async (): Promise<string | undefined> => {
    const [action] = await shop.actions();
    const live = action!.ForwardConfig?.TargetGroups?.find(({ Weight }) => Weight! > 0)?.TargetGroupArn ?? action!.TargetGroupArn;
    return live === shop.greenArn ? 'green' : live === shop.blueArn ? 'blue' : live;
  };
  const switchTo = (to: Color, options: Record<string, unknown> = shop.options) =>
    switchTraffic(call(), { plan: planOf(options), to, expect: null, minimum: 0 });
  /** As the workflow does: what may pass is tried again. */
  const switchAtLast = async (to: Color) => {
    for (let attempt = 0; attempt < 8; attempt++) {
      const done = await switchTo(to).catch((error) => {
        expect(error).toMatchObject({ type: 'Unavailable', message: expect.stringContaining(shop.place) });
        return null;
      });
      if (done) return done.routing;
    }
    throw new Error('never done');
  };

  test.each<[Placement, string[]]>([
    ['listener', [READ, MODIFY, READ]],
    ['rule', ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:ModifyRule', 'elasticloadbalancing:DescribeRules']],
  ])('is one read, one write, one read back: on a %s', async (on, calls) => {
    const one = await makeShop(aws, { on });
    await switchTo('green', one.options);
    expect(aws.faults.calls.map(({ action }) => action)).toEqual(calls);
  });

  test('that was disturbed is over only when nothing of it can overtake the way back', async () => {
    aws.faults.inject({ action: MODIFY, applyAfterMs: 1_000 });
    await switchTo('green');
    await switchTo('blue');
    await aws.faults.lateApplied();
    expect(await liveAtAws()).toBe('blue');
  });

  test('looks up the names of target groups once, not at every switch', async () => {
    const options = { ...shop.options, targetGroups: { blue: shop.blueName, green: shop.greenName } };
    await switchTo('green', options);
    aws.faults.calls = [];
    await switchTo('blue', options);
    expect(aws.faults.calls.map(({ action }) => action)).toEqual([READ, MODIFY, READ]);
  });

  test('reads again before it writes when it does not know what it is to change', async () => {
    const router = await shop.router();
    const from = await router.read(call());
    await send(await shop.router(), 'green');
    await router.write(call(), { to: 'blue', from: await (await shop.router()).read(call()) });
    expect(await liveAtAws()).toBe('blue');
    await send(await shop.router(), 'green');
    await expect(router.write(call(), { to: 'blue', from: { ...from } })).rejects.toMatchObject({
      type: 'Drift',
      message: expect.stringContaining(shop.place),
      details: { found: { to: 'green' } },
    });
    expect(await liveAtAws()).toBe('green');
  });

  test('goes by what was read once, and only for some seconds', async () => {
    const router = await shop.router();
    const from = await router.read(call());
    await router.write(call(), { to: 'green', from });
    await router.write(call(), { to: 'green', from });
    expect(aws.faults.calls.map(({ action }) => action)).toEqual([READ, MODIFY, READ]);
    const later = await router.read(call());
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6_000 });
    onTestFinished(() => void vi.useRealTimers());
    await router.write(call(), { to: 'blue', from: later });
    expect(aws.faults.calls.slice(3).map(({ action }) => action)).toEqual([READ, READ, MODIFY]);
  });

  const passing: [string, Omit<Fault, 'action'>][] = [
    ['a lost answer', { drop: 'response' }],
    ['a lost request', { drop: 'request' }],
    ['a throttle', { code: 'Throttling' }],
    ['a throttle by another name', { code: 'ThrottlingException' }],
    ['an internal failure', { code: 'InternalFailure', status: 500 }],
    ['a page of HTML instead of an answer', { status: 500, body: '<html><body>502 Bad Gateway</body></html>' }],
    ['a page of HTML instead of an answer, and done all the same', { status: 500, body: '<html>oops</html>', applyAfterMs: 0 }],
    ['an error, and done a moment later', { code: 'ServiceUnavailable', status: 503, applyAfterMs: 50 }],
  ];
  test.each(passing)('that meets %s once goes on by itself', async (_, fault) => {
    aws.faults.inject({ action: MODIFY, ...fault });
    expect((await switchAtLast('green')).to).toBe('green');
    expect(await liveAtAws()).toBe('green');
  });
  test.each(passing)('that meets %s again and again is done in the end, and says what it knows meanwhile', async (_, fault) => {
    aws.faults.inject({ action: MODIFY, times: ATTEMPTS, ...fault });
    await expect(switchTo('green')).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringMatching(
        /elasticloadbalancing:ModifyListener on arn:aws:.*listener.*; (it is tried again|whether it happened is not known)/,
      ),
    });
    expect((await switchAtLast('green')).to).toBe('green');
    await aws.faults.lateApplied();
    expect(await liveAtAws()).toBe('green');
  });

  test('that was given up and happened all the same is seen by the next read, and not done twice', async () => {
    const router = await shop.router();
    const from = await router.read(call());
    const controller = new AbortController();
    aws.faults.inject({ action: MODIFY, applyAfterMs: 100, delayMs: 50 });
    const given = router.write({ ...call(), signal: controller.signal }, { to: 'green', from });
    await sleep(20);
    controller.abort();
    await expect(given).rejects.toThrow();
    while (aws.faults.callsOf(MODIFY).length < 1) await sleep(10);
    await sleep(100);
    await aws.faults.lateApplied();
    expect((await switchTo('green')).routing.to).toBe('green');
    expect(aws.faults.callsOf(MODIFY)).toHaveLength(1);
  });

  test('is read back until AWS no longer answers with what was before', async () => {
    aws.faults.staleReads(600);
    expect((await switchTo('green')).routing.to).toBe('green');
    expect(await liveAtAws()).toBe('green');
  });

  test.each([
    [MODIFY, 'a write'],
    [READ, 'a read'],
  ])('without the right to %s (%s) names it, with the ARN, and is not tried again', async (action) => {
    aws.faults.deny(action);
    await expect(switchTo('green')).rejects.toMatchObject({
      type: 'PermissionDenied',
      message: expect.stringMatching(new RegExp(`^${action} on ${shop.place} is not allowed .*; allow ${action} on it`)),
    });
    expect(await liveAtAws()).toBe('blue');
    expect(aws.faults.callsOf(action)).toHaveLength(1);
  });

  test('of a listener, a rule or a target group that does not exist says which', async () => {
    const gone = `${shop.listenerArn.slice(0, -4)}dead`;
    const rule = `${shop.listenerArn.replace(':listener/', ':listener-rule/')}/0123456789abcdef`;
    const group = `${shop.greenArn.slice(0, -4)}dead`;
    const failure = (change: object) => switchTo('green', { ...shop.options, ...change });
    const notFound = (name: string) => ({ type: 'NotFound', message: expect.stringContaining(name) });
    await expect(failure({ listener: gone })).rejects.toMatchObject(notFound(gone));
    await expect(failure({ rule })).rejects.toMatchObject(notFound(rule));
    await expect(failure({ targetGroups: { blue: shop.blueArn, green: group } })).rejects.toMatchObject(notFound(group));
    await expect(failure({ targetGroups: { blue: shop.blueArn, green: 'nowhere' } })).rejects.toMatchObject(notFound('nowhere'));
    expect(await liveAtAws()).toBe('blue');
  });

  test('goes to a target group that was made again under its name since the last deployment', async () => {
    const names = { targetGroups: { blue: shop.blueName, green: shop.greenName } };
    const router = await shop.router(names);
    expect(await router.targets!(call())).toMatchObject({ green: shop.greenArn });
    await aws.clients.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: shop.greenArn }));
    shop.greenArn = await makeTargetGroup(aws, { Name: shop.greenName, Port: 8080 });
    await router.attach!(call(), 'green');
    await switchTo('green', { ...shop.options, ...names });
    expect(await liveAtAws()).toBe('green');
  });

  describe('with faults at random', () => {
    test('always ends where it says', async () => {
      let seed = 7;
      aws.faults.random = () => {
        seed = (seed * 16_807) % 2_147_483_647;
        return seed / 2_147_483_647;
      };
      for (const [, fault] of passing) aws.faults.inject({ action: 'elasticloadbalancing:*', percent: 6, ...fault });
      for (let turn = 0; turn < 12; turn++) {
        const to = turn % 2 === 0 ? 'green' : 'blue';
        expect((await switchAtLast(to)).to).toBe(to);
        await aws.faults.lateApplied();
        expect(await liveAtAws()).toBe(to);
      }
    });
  });
});
