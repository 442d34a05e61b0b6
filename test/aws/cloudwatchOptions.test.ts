import { describe, expect, test } from 'vitest';
import { buildPlan } from '../../src/plan/build.ts';
import { faultsOf, load } from '../config/writeFile.ts';

const LOCAL = 'router: { type: local }';
const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:';
const GROUPS = `targetGroups: { blue: "${ARN}targetgroup/blue/0123456789abcdef", green: shop-green }`;
const ALB = `router: { type: alb, listener: "${ARN}listener/app/shop/0123456789abcdef/0123456789abcdef", ${GROUPS} }`;
const PLACE = `loadBalancer: "${ARN}loadbalancer/app/shop/0123456789abcdef", ${GROUPS}`;

const file = (check: string, router = LOCAL): string => `service: shop
${router}
environment: { type: local, command: [node, app.js], ports: { blue: 9101, green: 9102 } }
monitor:
  checks:
    - { name: errors, ${check} }
`;
const source = (keys: string, bound = ', max: 1'): string => `source: { type: cloudwatch, ${keys} }${bound}`;
const AT = 'cutover.yaml:6: monitor.checks[0]';

describe('source: cloudwatch in a service file', () => {
  const checkOf = async (check: string, router?: string) =>
    buildPlan((await load(file(check, router))).config, { version: 'v2', folder: '/' }).monitor.checks[0]!;

  test('alarms need no bound: one in ALARM is one too many', async () => {
    expect(await checkOf(source('alarms: [errors]', ''))).toMatchObject({ max: 0, min: null });
    expect(await checkOf(source('alarms: [a, b, c]', ', max: 2'))).toMatchObject({ max: 2, min: null });
  });

  test('a preset needs a bound, as any other number', async () => {
    expect(await faultsOf(file(source('preset: alb-5xx-rate', ''), ALB))).toEqual([`${AT}: needs a bound: max, min or both`]);
  });

  test('a preset measures the load balancer of the router, or one that is named', async () => {
    expect(await faultsOf(file(source('preset: alb-latency-p99'), ALB))).toEqual([]);
    expect(await faultsOf(file(source(`preset: alb-latency-p99, ${PLACE}`)))).toEqual([]);
    expect(await faultsOf(file(source('preset: alb-latency-p99')))).toEqual([
      `${AT}.source: alb-latency-p99 needs loadBalancer and targetGroups, unless the router is of type alb, and this one is local`,
    ]);
  });

  test('metrics and alarms go with any router', async () => {
    const metric = 'metric: { namespace: shop, name: Orders, statistic: p99.9, dimensions: { Color: "{color}" } }';
    expect((await checkOf(source(metric))).source.options).toMatchObject({ metric: { period: 60_000, dimensions: { Color: '{color}' } } });
    expect(await faultsOf(file(source('alarms: [errors]')))).toEqual([]);
  });

  test.each([
    ['nothing to measure', 'region: eu-west-1', '.source: needs exactly one of preset, metric and alarms'],
    ['two things to measure', 'preset: alb-5xx-rate, alarms: [a]', '.source: needs exactly one of preset, metric and alarms'],
    ['a misspelt preset', 'preset: alb-5xx-rat', '.source.preset: expected one of alb-5xx-rate, '],
    [
      'a load balancer without its target groups',
      'preset: alb-5xx-rate, loadBalancer: app/shop/0123',
      '.source.loadBalancer: needs targetGroups, too',
    ],
    ['a load balancer for alarms', `alarms: [a], ${PLACE}`, '.source.loadBalancer: is for a preset only'],
    [
      'a Network Load Balancer',
      `preset: alb-5xx-rate, loadBalancer: net/shop/0123, ${GROUPS}`,
      '.source.loadBalancer: expected the ARN of an Application Load Balancer',
    ],
    [
      'an odd period',
      'metric: { namespace: n, name: m, statistic: Sum, period: 90s }',
      '.source.metric.period: a period is 10s, 20s, 30s, or whole minutes up to 24h',
    ],
    [
      'a statistic that there is not',
      'metric: { namespace: n, name: m, statistic: Median }',
      '.source.metric.statistic: expected Sum, Average, Minimum',
    ],
    ['an allowed alarm that is not watched', 'alarms: [a], allowAlarming: [b]', '.source.allowAlarming: "b" is not among the alarms'],
    ['allowed alarms without alarms', `preset: alb-5xx-rate, ${PLACE}, allowAlarming: true`, '.source.allowAlarming: is for alarms only'],
  ])('%s is refused', async (_, keys, message) => {
    expect((await faultsOf(file(source(keys))))[0]).toContain(`${AT}${message}`);
  });
});
