import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Color } from '../../src/core/plan.ts';
import { otherColor } from '../../src/core/plan.ts';
import { type Forward, forwardOf, withForward } from '../../src/providers/aws/alb/actions.ts';
import { attached, settled, switched } from '../../src/providers/aws/alb/changes.ts';
import { readinessOf } from '../../src/providers/aws/alb/health.ts';
import { albRouterOptions } from '../../src/providers/aws/alb/options.ts';
import { newestMinutes } from '../../src/providers/aws/alb/requests.ts';
import { liveIn, routingOf } from '../../src/providers/aws/alb/routing.ts';
import { beforeOf, fromJson, toJson } from '../../src/providers/aws/alb/snapshot.ts';
import { albRouter } from '../../src/providers/routers/alb.ts';

const HERE = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const colors = { blue: `${HERE}:targetgroup/shop-blue/1111`, green: `${HERE}:targetgroup/shop-green/2222` };
const { blue, green } = colors;
const foreign = `${HERE}:targetgroup/other/3333`;
const off = { Enabled: false };

const single = (arn: string): Action => ({ Type: 'forward', TargetGroupArn: arn });
const config = (groups: Record<string, number>, TargetGroupStickinessConfig: object = off): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: Object.entries(groups).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
    TargetGroupStickinessConfig,
  },
});
const both = (arn: string): Action => ({ ...single(arn), ...config({ [arn]: 1 }) });
const oidc: Action = {
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://idp.example',
    AuthorizationEndpoint: 'https://idp.example/a',
    TokenEndpoint: 'https://idp.example/t',
    UserInfoEndpoint: 'https://idp.example/u',
    ClientId: 'shop',
    SessionTimeout: 600,
  },
};

describe('where users are sent is read', () => {
  test.each<[string, Action[], string]>([
    ['from a target group alone', [single(blue)], 'blue'],
    ['from a forward config', [config({ [green]: 1 })], 'green'],
    ['from both at once, as AWS describes it', [both(green)], 'green'],
    ['past a group of ours with weight 0', [config({ [blue]: 0, [green]: 70 })], 'green'],
    ['behind a login', [oidc, { ...single(blue), Order: 2 }], 'blue'],
    ['weights that split users', [config({ [blue]: 90, [green]: 10 })], 'other'],
    ['no weight at all', [config({ [blue]: 0, [green]: 0 })], 'other'],
    ["somebody else's group", [single(foreign)], 'other'],
    ["somebody else's group beside ours, even at weight 0", [config({ [blue]: 1, [foreign]: 0 })], 'other'],
    ['a maintenance page', [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }], 'other'],
    ['a redirect', [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Host: 'example.com' } }], 'other'],
    ['two forwards', [single(blue), single(green)], 'other'],
    ['a forward to nothing', [{ Type: 'forward' }], 'other'],
    ['no action', [], 'other'],
  ])('%s', (_, actions, to) => {
    const routing = routingOf(actions, colors);
    expect(routing.to).toBe(to);
    expect(routing.summary).not.toBe('');
  });

  test('what is not ours is said with names and weights', () => {
    expect(routingOf([config({ [blue]: 90, [green]: 10 })], colors).summary).toBe(
      'forwards to shop-blue/1111 with weight 90 (blue), shop-green/2222 with weight 10 (green)',
    );
    expect(routingOf([config({ [blue]: 1, [foreign]: 0 })], colors).summary).toContain('other/3333 with weight 0 (neither blue nor green)');
    expect(routingOf([{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }], colors).summary).toContain(
      'answers 503 itself',
    );
  });
});

describe('a switch', () => {
  const written = (actions: Action[], to: Color) => withForward(actions, switched(forwardOf(actions), to, colors));

  test('keeps the weight for the new color, and the old one in the action at 0', () => {
    expect(written([config({ [blue]: 100, [green]: 0 })], 'green')).toEqual([config({ [blue]: 0, [green]: 100 })]);
    expect(written([config({ [blue]: 7 })], 'green')).toEqual([config({ [blue]: 0, [green]: 7 })]);
    expect(written([both(blue)], 'green')).toEqual([config({ [blue]: 0, [green]: 1 })]);
  });

  test('lets the old group leave where a cookie would hold users there', () => {
    const sticky = { Enabled: true, DurationSeconds: 3600 };
    expect(written([config({ [blue]: 5, [green]: 0 }, sticky)], 'green')).toEqual([config({ [green]: 5 }, sticky)]);
  });

  test('puts a forward in the place of whatever else ended requests, when somebody wants that', () => {
    const page: Action = { Type: 'fixed-response', Order: 2, FixedResponseConfig: { StatusCode: '503' } };
    expect(written([{ ...oidc }, page], 'blue')[1]).toEqual({ Type: 'forward', Order: 2, TargetGroupArn: blue });
    expect(written([config({ [blue]: 90, [green]: 10 })], 'blue')).toEqual([single(blue)]);
  });

  test('asks to keep a client secret that was not told, and sends one back that was', () => {
    const secret = { ...oidc, AuthenticateOidcConfig: { ...oidc.AuthenticateOidcConfig!, ClientSecret: 's3cret' } };
    expect(written([oidc, single(blue)], 'green')[0]).toEqual({
      ...oidc,
      AuthenticateOidcConfig: { ...oidc.AuthenticateOidcConfig, UseExistingClientSecret: true },
    });
    expect(written([secret, single(blue)], 'green')[0]).toEqual(secret);
  });
});

describe('once the idle color is gone', () => {
  const settle = (action: Action, live: Color, before: Action | null) => {
    const was = before && forwardOf([before]);
    return withForward([action], settled(forwardOf([action])!, live, colors, was && beforeOf(was)))[0];
  };

  test.each([
    ['a target group alone', single(blue), single(green)],
    ['a forward config', config({ [blue]: 1 }), config({ [green]: 1 })],
    ['both', both(blue), both(green)],
    ['a forward config with two groups', config({ [blue]: 1, [green]: 0 }), config({ [green]: 1 })],
  ])('the new color stands alone, in the form that was there before: %s', (_, before, expected) => {
    expect(settle(config({ [blue]: 0, [green]: 1 }), 'green', before)).toEqual(expected);
  });

  test.each([single(blue), config({ [blue]: 40 }), both(blue), config({ [green]: 0, [blue]: 9 })])(
    'after an abort or a rollback all is as it was: %j',
    (before) => {
      const was = forwardOf([before])!;
      const there = withForward([before], switched(switched(attached(was, green), 'green', colors), 'blue', colors))[0]!;
      expect(settle(there, 'blue', before)).toEqual(before);
    },
  );

  test('without a record of before it is a target group alone, but where stickiness has to be kept', () => {
    expect(settle(config({ [blue]: 0, [green]: 1 }), 'green', null)).toEqual(single(green));
    const sticky = { Enabled: true, DurationSeconds: 60 };
    expect(settle(config({ [blue]: 0, [green]: 3 }, sticky), 'green', null)).toEqual(config({ [green]: 3 }, sticky));
    expect(settle(both(green), 'green', null)).toEqual(both(green));
  });

  test('stickiness that somebody changed meanwhile stays as it is', () => {
    const sticky = { Enabled: true, DurationSeconds: 60 };
    expect(settle(config({ [blue]: 0, [green]: 1 }, sticky), 'green', single(blue))).toEqual(config({ [green]: 1 }, sticky));
  });
});

describe('whatever stands in an action', () => {
  const stickiness = fc.oneof(
    fc.constant(undefined),
    fc.constant({ Enabled: false }),
    fc.integer({ min: 1, max: 604_800 }).map((DurationSeconds) => ({ Enabled: true, DurationSeconds })),
  );
  const anyForward = fc
    .record({
      form: fc.constantFrom<Forward['form'][]>('arn', 'config', 'both'),
      live: fc.constantFrom<Color[]>('blue', 'green'),
      weight: fc.integer({ min: 1, max: 999 }),
      idle: fc.constantFrom('first', 'last', 'absent'),
      stickiness,
    })
    .map(({ form, live, weight, idle, stickiness }): Forward => {
      const group = { arn: colors[live], weight };
      const other = { arn: colors[otherColor(live)], weight: 0 };
      const groups = idle === 'absent' ? [group] : idle === 'first' ? [other, group] : [group, other];
      return { form, groups, ...(stickiness && { stickiness }) };
    });
  const login: fc.Arbitrary<Action> = fc.constantFrom<Action[]>(
    oidc,
    {
      Type: 'authenticate-cognito',
      Order: 3,
      AuthenticateCognitoConfig: { UserPoolArn: 'pool', UserPoolClientId: 'c', UserPoolDomain: 'd' },
    },
    { Type: 'jwt-validation', JwtValidationConfig: { Issuer: 'https://idp.example', JwksEndpoint: 'https://idp.example/keys' } },
  );
  const actionsOf = (before: Action[], forward: Forward, after: Action[]) =>
    withForward([...before, { Type: 'forward', Order: 50 }, ...after], forward);
  const anyActions = fc.tuple(fc.array(login, { maxLength: 2 }), anyForward, fc.array(login, { maxLength: 1 }));

  it('what was written is read, and every other action is as it was', () => {
    fc.assert(
      fc.property(anyActions, fc.constantFrom<Color[]>('blue', 'green'), ([before, forward, after], to) => {
        const actions = actionsOf(before, forward, after);
        const written = withForward(actions, switched(forwardOf(actions), to, colors));
        expect(routingOf(written, colors).to).toBe(to);
        expect(written.map((action) => ({ ...action, TargetGroupArn: 0, ForwardConfig: 0 }))).toEqual(
          actions.map((action) => ({ ...action, TargetGroupArn: 0, ForwardConfig: 0 })),
        );
        const stickinessIn = (all: Action[]) => forwardOf(all)?.stickiness;
        if (forward.stickiness?.Enabled) expect(stickinessIn(written)).toEqual(forward.stickiness);
      }),
    );
  });

  it('preparing a color moves nobody', () => {
    fc.assert(
      fc.property(anyForward, (forward) => {
        const live = liveIn(forward.groups, colors)!;
        const wanted = attached(forward, colors[otherColor(live)]);
        expect(liveIn(wanted.groups, colors)).toBe(live);
        expect(wanted.groups.map(({ arn }) => arn).sort()).toEqual([blue, green]);
      }),
    );
  });

  it('there and back again is as it was, and the snapshot that says so survives as JSON', () => {
    fc.assert(
      fc.property(anyActions, ([before, forward, after]) => {
        const actions = actionsOf(before, forward, after);
        const was = forwardOf(actions)!;
        const live = liveIn(was.groups, colors)!;
        const snapshot = fromJson(JSON.parse(JSON.stringify(toJson({ production: beforeOf(was), test: null }))));
        let now = was;
        for (const to of [otherColor(live), live]) now = switched(attached(now, colors[to]), to, colors);
        const settledNow = settled(now, live, colors, snapshot.production);
        expect(withForward(actions, settledNow)).toEqual(withForward(actions, was));
        expect(settled(settledNow, live, colors, snapshot.production)).toEqual(settledNow);
      }),
    );
  });
});

describe('how ready a color is', () => {
  const target = (id: string, State: string, Reason?: string, Description?: string) =>
    ({ Target: { Id: id, Port: 80 }, TargetHealth: { State, Reason, Description } }) as never;

  test('names every target that is not healthy, with the words of AWS, and how many more there are', () => {
    const failed = target('10.0.0.5', 'unhealthy', 'Target.FailedHealthChecks', 'Health checks failed with these codes: [503]');
    expect(readinessOf(green, [failed, target('10.0.0.6', 'healthy')], 2)).toEqual({
      healthy: 1,
      wanted: 2,
      checked: true,
      detail: `elasticloadbalancing:DescribeTargetHealth on ${green}: 10.0.0.5:80 unhealthy Target.FailedHealthChecks: Health checks failed with these codes: [503]; mend these targets, or the health check of the group`,
    });
    const many = Array.from({ length: 8 }, (_, i) => target(`10.0.0.${i}`, 'initial', 'Elb.InitialHealthChecking'));
    expect(readinessOf(green, many, 2).detail).toMatch(/: 10\.0\.0\.0:80 initial Elb\.InitialHealthChecking; .*; and 3 more; mend/);
  });

  test('an empty target group is known to have nobody healthy', () => {
    expect(readinessOf(green, [], 1)).toMatchObject({
      healthy: 0,
      wanted: 1,
      checked: true,
      detail: expect.stringContaining(`${green}: no targets are registered`),
    });
  });

  test('targets that nobody checks say nothing', () => {
    const unused = target('10.0.0.5', 'unused', 'Target.NotInUse', 'Target group is not configured to receive traffic');
    expect(readinessOf(green, [unused], 1)).toMatchObject({
      healthy: 0,
      checked: false,
      detail: expect.stringContaining('Target.NotInUse'),
    });
  });

  test('targets that leave are no trouble, unless the others are too few', () => {
    const leaving = target('10.0.0.5', 'draining', 'Target.DeregistrationInProgress', 'Target deregistration is in progress');
    expect(readinessOf(green, [leaving, target('10.0.0.6', 'healthy')], 1).detail).toBeNull();
    expect(readinessOf(green, [leaving], 1).detail).toContain('draining');
    expect(readinessOf(green, [target('10.0.0.6', 'healthy')], 2).detail).toContain('no more than 1');
  });

  test('a Lambda function that AWS does not check is as good as healthy', () => {
    expect(readinessOf(green, [target('fn', 'unavailable', 'Target.HealthCheckDisabled')], 1)).toMatchObject({ healthy: 1, detail: null });
  });
});

describe('the minutes that requests are counted in', () => {
  const minute = 60_000;
  test('begin after the switch, and are known once they are over for a while', () => {
    expect(newestMinutes(10.5 * minute, 10.9 * minute)).toBeNull();
    expect(newestMinutes(10.5 * minute, 12.5 * minute)).toEqual({ from: 11 * minute, to: 13 * minute, known: false });
    expect(newestMinutes(10.5 * minute, 13 * minute)).toEqual({ from: 11 * minute, to: 13 * minute, known: true });
    expect(newestMinutes(0, 100 * minute)).toEqual({ from: 96 * minute, to: 100 * minute, known: true });
  });
});

describe('the options', () => {
  const listener = `${HERE}:listener/app/shop/50dc6c495c0c9188/0467ef3c8400ae65`;
  const options = { listener, targetGroups: { blue: 'shop-blue', green } };
  const wrong = (change: object): string[] =>
    albRouterOptions.safeParse({ ...options, ...change }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

  test('a listener and two target groups are enough', () => {
    expect(albRouterOptions.parse(options)).toEqual({ ...options, healthTimeout: 300_000 });
    expect(wrong({ listener: '${env:LISTENER}' })).toEqual([]);
    expect(wrong({ listener: listener.replace('/app/', '/net/') })).toEqual([]);
  });

  test.each([
    [{ listener: `${HERE}:loadbalancer/app/shop/50dc6c495c0c9188` }, /^listener: expected the ARN of a listener .*arn:aws/],
    [{ listener: listener.replace('/app/', '/gwy/') }, /^listener: expected/],
    [{ rule: listener }, /^rule: expected the ARN of a listener rule/],
    [{ targetGroups: { blue: 'shop', green: 'shop' } }, /^targetGroups: blue and green need target groups of their own/],
    [{ targetGroups: { blue: listener, green } }, /^targetGroups\.blue: expected the name or the ARN of a target group/],
    [{ testListener: listener }, /^testListener: is the listener that users connect to/],
    [{ minHealthyTargets: 0 }, /^minHealthyTargets/],
    [{ healthTimeout: 5 }, /^healthTimeout: a duration/],
    [{ listner: listener }, /listner/],
  ])('%j is refused with what is expected', (change, message) => {
    expect(wrong(change)).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    [{ region: 'us-east-1' }, /^router\.region is "us-east-1"; expected eu-west-1, the region of the listener/],
    [{ listener: 'nonsense from the environment' }, /^router\.listener is .*; expected the ARN of a listener/],
    [{ targetGroups: { blue: green, green } }, /^router\.targetGroups\.green is .*; expected another/],
  ])('%j is refused by the worker, that knows what the file could not', async (change, message) => {
    const given = { ...albRouterOptions.parse(options), ...change };
    await expect(albRouter.create(given, {} as never)).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringMatching(message),
    });
  });
});
