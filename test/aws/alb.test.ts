import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Color } from '../../src/core/plan.ts';
import { call, routerContract } from '../contract/routerContract.ts';
import { dump, makeShop, type Placement, type Shop, send } from './albSetup.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { makeLoadBalancer, makeRule, storedListener } from './support/loadBalancers.ts';

const oidc: Action = {
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://idp.example',
    AuthorizationEndpoint: 'https://idp.example/authorize',
    TokenEndpoint: 'https://idp.example/token',
    UserInfoEndpoint: 'https://idp.example/user',
    ClientId: 'shop',
    ClientSecret: 'kept-by-aws',
    Scope: 'openid email',
    SessionCookieName: 'login',
    SessionTimeout: 3600,
    OnUnauthenticatedRequest: 'authenticate',
    AuthenticationRequestExtraParams: { display: 'page', prompt: 'login' },
  },
};
const cognito: Action = {
  Type: 'authenticate-cognito',
  Order: 1,
  AuthenticateCognitoConfig: {
    UserPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_ABCD1234',
    UserPoolClientId: 'client',
    UserPoolDomain: 'shop',
  },
};

type Before = (shop: Shop) => { blue: Action[]; green: Action[] };
const twice =
  (actions: (arn: string, other: string) => Action[]): Before =>
  ({ blueArn, greenArn }) => ({
    blue: actions(blueArn, greenArn),
    green: actions(greenArn, blueArn),
  });
const off = { Enabled: false };
const sticky = { Enabled: true, DurationSeconds: 1800 };
const config = (groups: [string, number][], TargetGroupStickinessConfig: object = off): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })), TargetGroupStickinessConfig },
});

/** What people have written, and what is to stand there when the other color has taken over for good. */
const setUps: Record<string, Before> = {
  'a target group alone': twice((arn) => [{ Type: 'forward', TargetGroupArn: arn }]),
  'a target group alone, with its order': twice((arn) => [{ Type: 'forward', Order: 1, TargetGroupArn: arn }]),
  'a forward config': twice((arn) => [config([[arn, 1]])]),
  'both forms at once': twice((arn) => [{ ...config([[arn, 1]]), TargetGroupArn: arn }]),
  'a weight of its own': twice((arn) => [config([[arn, 200]])]),
  'target group stickiness': twice((arn) => [config([[arn, 10]], sticky)]),
  'a login before the forward': twice((arn) => [oidc, { Type: 'forward', Order: 2, TargetGroupArn: arn }]),
  'a login, weights and stickiness': twice((arn) => [oidc, { ...config([[arn, 7]], sticky), Order: 50000 }]),
  'a Cognito login': twice((arn) => [cognito, { ...config([[arn, 1]]), Order: 2 }]),
};

/** How a client asks AWS to keep a secret; moto keeps the question, too. */
function withoutFlag({ AuthenticateOidcConfig: login, ...action }: Action): Action {
  if (!login) return action;
  const { UseExistingClientSecret: _, ...config } = login;
  return { ...action, AuthenticateOidcConfig: config };
}

describeAws('the alb router', () => {
  const aws = useAws();
  const close = async () => {};

  for (const on of ['listener', 'rule'] as Placement[]) {
    routerContract(
      `alb on a ${on}`,
      async () => {
        const shop = await makeShop(aws, { on });
        return { router: await shop.router(), fresh: 'blue', restart: () => shop.router(), close };
      },
      'taken',
    );
  }
  routerContract(
    'alb with names of target groups, behind a network load balancer',
    async () => {
      const shop = await makeShop(aws, { type: 'network' });
      const named = { targetGroups: { blue: shop.blueName, green: shop.greenName } };
      return { router: await shop.router(named), fresh: 'blue', restart: () => shop.router(named), close };
    },
    'taken',
  );

  describe.each(['listener', 'rule'] as Placement[])('on a %s', (on) => {
    // A rule is written by another call, with the same actions: its set-ups are the richest ones.
    const kinds = Object.entries(setUps).filter(([name]) => on === 'listener' || /alone$|login, weights/.test(name));
    describe.each(kinds)('with %s', (name, before) => {
      let shop: Shop;
      let written: { blue: Action[]; green: Action[] };
      let others: unknown;
      beforeEach(async () => {
        shop = await makeShop(aws, { on });
        const neighbor = await makeLoadBalancer(aws);
        await makeRule(aws, { listenerArn: neighbor.listenerArn, targetGroupArn: neighbor.greenArn, path: '/neighbor' });
        await makeRule(aws, { listenerArn: shop.listenerArn, targetGroupArn: shop.greenArn, path: '/other', priority: 77 });
        written = before(shop);
        await shop.put(written.blue);
        others = await dump(aws, [shop.place]);
        aws.faults.fidelity({ unused: false, longShape: false, hideSecrets: false });
      });
      const nothingElseChanged = async () => expect(await dump(aws, [shop.place])).toEqual(others);
      /** Each step by a router of its own, as in a deployment. */
      const step = async () => shop.router();

      const secrets = name.includes('login') ? [false, true] : [false];
      test.each(secrets)(
        'a deployment leaves what people would have written for the new color (secrets hidden: %s)',
        async (hideSecrets) => {
          aws.faults.fidelity({ hideSecrets });
          const snapshot = await (await step()).snapshot!(call());
          expect(JSON.stringify(snapshot)).not.toContain('kept-by-aws');
          await (await step()).attach!(call(), 'green');
          await send(await step(), 'green');
          await (await step()).settle!(call(), { live: 'green', snapshot });
          expect((await shop.actions()).map(withoutFlag)).toEqual(written.green);
          await nothingElseChanged();
        },
      );

      test('an abort before the switch, and a rollback after it, leave all as it was', async () => {
        const snapshot = await (await step()).snapshot!(call());
        await (await step()).attach!(call(), 'green');
        await (await step()).attach!(call(), 'green');
        await (await step()).settle!(call(), { live: 'blue', snapshot });
        expect(await shop.actions()).toEqual(written.blue);
        await (await step()).attach!(call(), 'green');
        await send(await step(), 'green');
        await (await step()).attach!(call(), 'blue');
        await send(await step(), 'blue');
        await (await step()).settle!(call(), { live: 'blue', snapshot });
        await (await step()).settle!(call(), { live: 'blue', snapshot });
        expect(await shop.actions()).toEqual(written.blue);
        await nothingElseChanged();
      });
    });

    test('as AWS describes it: what is described after a deployment, an abort and a rollback is what it should be', async () => {
      const shop = await makeShop(aws, { on });
      const router = await shop.router();
      const described = async () => JSON.stringify(await router.snapshot!(call()));
      const before = await router.snapshot!(call());
      await router.attach!(call(), 'green');
      await send(router, 'green');
      await router.settle!(call(), { live: 'green', snapshot: before });
      expect(await described()).toBe(JSON.stringify(before).replaceAll(shop.blueArn, shop.greenArn));
      const calls = aws.faults.calls.length;
      await router.settle!(call(), { live: 'green', snapshot: before });
      await router.settle!(call(), { live: 'green', snapshot: null });
      expect(aws.faults.calls.slice(calls).filter(({ action }) => /Modify/.test(action))).toEqual([]);
    });

    test('the old color stays in the action with weight 0 until it is settled', async () => {
      const shop = await makeShop(aws, { on });
      await send(await shop.router(), 'green');
      expect((await shop.actions())[0]!.ForwardConfig!.TargetGroups).toEqual([
        { TargetGroupArn: shop.blueArn, Weight: 0 },
        { TargetGroupArn: shop.greenArn, Weight: 1 },
      ]);
    });

    test('with stickiness the old color leaves the action at the switch', async () => {
      const shop = await makeShop(aws, { on });
      await shop.put([config([[shop.blueArn, 10]], sticky)]);
      const router = await shop.router();
      await router.attach!(call(), 'green');
      await send(router, 'green');
      expect(await shop.actions()).toEqual([config([[shop.greenArn, 10]], sticky)]);
    });

    test('a maintenance page is drift; whoever says so gets it replaced', async () => {
      const shop = await makeShop(aws, { on });
      await shop.put([
        { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503', ContentType: 'text/plain', MessageBody: 'back soon' } },
      ]);
      const router = await shop.router();
      const found = await router.read(call());
      expect(found.to).toBe('other');
      const blue = { to: 'blue' as Color, summary: 'all users to blue' };
      await expect(router.write(call(), { to: 'green', from: blue })).rejects.toMatchObject({ type: 'Drift', details: { found } });
      await expect(router.attach!(call(), 'green')).rejects.toMatchObject({ type: 'Drift' });
      await expect(router.settle!(call(), { live: 'blue', snapshot: null })).rejects.toMatchObject({ type: 'Drift' });
      expect(aws.faults.calls.filter(({ action }) => /Modify/.test(action))).toEqual([]);
      await router.write(call(), { to: 'blue', from: found });
      expect(await shop.actions()).toEqual([{ Type: 'forward', TargetGroupArn: shop.blueArn }]);
    });
  });

  test('nothing of the listener but its actions is sent', async () => {
    const shop = await makeShop(aws);
    await send(await shop.router(), 'green');
    const [modify] = aws.faults.callsOf('elasticloadbalancing:ModifyListener');
    expect(
      Object.keys(modify!.params)
        .filter((key) => !['Action', 'Version'].includes(key))
        .sort(),
    ).toEqual(['DefaultActions', 'ListenerArn']);
  });

  describe('with a test listener', () => {
    let shop: Shop;
    let test_: string;
    beforeEach(async () => {
      shop = await makeShop(aws, { test: true });
      test_ = shop.listenerArns[1]!;
      aws.faults.fidelity({ longShape: false });
    });
    const testActions = async () => (await storedListener(aws, test_)).DefaultActions;

    test('the idle color is put there, and production is not touched before the switch', async () => {
      const before = await shop.actions();
      const router = await shop.router();
      expect(await router.attach!(call(), 'green')).toContain('forwards to');
      expect(await testActions()).toEqual([{ Type: 'forward', TargetGroupArn: shop.greenArn }]);
      expect(await shop.actions()).toEqual(before);
      expect(await router.attach!(call(), 'green')).toContain('already');
      expect(aws.faults.callsOf('elasticloadbalancing:ModifyListener')).toHaveLength(1);
    });

    test('it is put back after an abort, and stays where it is after a deployment', async () => {
      const before = await testActions();
      const router = await shop.router();
      const snapshot = await router.snapshot!(call());
      await router.attach!(call(), 'green');
      await router.settle!(call(), { live: 'blue', snapshot });
      expect(await testActions()).toEqual(before);
      await router.attach!(call(), 'green');
      await send(router, 'green');
      await router.settle!(call(), { live: 'green', snapshot });
      expect(await testActions()).toEqual([{ Type: 'forward', TargetGroupArn: shop.greenArn }]);
      expect(await shop.actions()).toEqual([{ Type: 'forward', TargetGroupArn: shop.greenArn }]);
    });

    test("one that is somebody else's is left alone", async () => {
      const other = await makeShop(aws, { test: true });
      const router = await shop.router({ testListener: other.listenerArns[1] });
      await expect(router.attach!(call(), 'green')).rejects.toMatchObject({
        type: 'InvalidConfiguration',
        message: expect.stringContaining(other.listenerArns[1]!),
      });
      expect(aws.faults.callsOf('elasticloadbalancing:ModifyListener')).toEqual([]);
    });
  });
});
