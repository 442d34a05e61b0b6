import { describe, expect, test } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { ALB_ROUTER, BALANCER, MINUTE, OF_BALANCER, OF_BLUE, OF_GREEN, publish, START, watch } from './cloudwatchMetrics.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { makeLoadBalancer } from './support/loadBalancers.ts';

const GET = 'cloudwatch:GetMetricData';

describeAws('what cloudwatch measures', () => {
  const aws = useAws();

  describe('presets', () => {
    test.each([
      ['alb-target-5xx-rate', 'HTTPCode_Target_5XX_Count', OF_GREEN, 5, 0.05],
      ['alb-4xx-rate', 'HTTPCode_Target_4XX_Count', OF_GREEN, 20, 0.2],
      ['alb-connection-errors', 'TargetConnectionErrorCount', OF_GREEN, 3, 3],
      ['alb-elb-5xx-count', 'HTTPCode_ELB_5XX_Count', OF_BALANCER, 4, 4],
      ['alb-rejected-connections', 'RejectedConnectionCount', OF_BALANCER, 2, 2],
    ] as const)('%s', async (preset, metric, dimensions, events, value) => {
      await publish(aws, 0, 'RequestCount', dimensions, 100);
      const watched = watch({ preset });
      expect((await watched.at(1)).value).toBe(0);
      await publish(aws, 1, 'RequestCount', dimensions, 100);
      await publish(aws, 1, metric, dimensions, events);
      expect((await watched.at(2)).value).toBe(value);
      expect((await watched.at(3)).value).toBeNull();
    });

    test('the average latency is that of all requests, in milliseconds', async () => {
      await publish(aws, 0, 'TargetResponseTime', OF_GREEN, 0.1, 0.1, 0.1);
      await publish(aws, 1, 'TargetResponseTime', OF_GREEN, 0.5);
      expect((await watch({ preset: 'alb-latency-avg' }).at(2)).value).toBe(200);
    });

    // The emulator has no percentiles: what CloudWatch would answer is put in by the proxy.
    test('a percentile of the latency is that of the slowest minute, in milliseconds', async () => {
      const Timestamps = [START / 1000, START / 1000 + 60];
      const body = JSON.stringify({ MetricDataResults: [{ Id: 'q0', Timestamps, Values: [0.25, 1.5], StatusCode: 'Complete' }] });
      aws.faults.inject({ action: GET, status: 200, body });
      const watched = watch({ preset: 'alb-latency-p99' });
      expect(await watched.at(2)).toMatchObject({ value: 1_500, detail: expect.stringContaining('p99, the slowest of 2 minutes') });
      const [query] = aws.faults.callsOf(GET)[0]!.params.MetricDataQueries;
      expect(query.MetricStat).toMatchObject({ Stat: 'p99', Period: 60, Metric: { MetricName: 'TargetResponseTime' } });
    });

    test('the fewest healthy hosts of the time', async () => {
      await publish(aws, 0, 'HealthyHostCount', OF_GREEN, 3, 2);
      await publish(aws, 1, 'HealthyHostCount', OF_GREEN, 3);
      expect((await watch({ preset: 'alb-healthy-hosts' }).at(2)).value).toBe(2);
    });

    test('measure the load balancer and target groups that the source names, whatever the router is', async () => {
      await publish(aws, 0, 'RequestCount', OF_GREEN, 4);
      const { listener, targetGroups } = ALB_ROUTER.options;
      const named = {
        region: 'eu-west-1',
        loadBalancer: listener.replace(':listener/', ':loadbalancer/').replace(/\/\w+$/, ''),
        targetGroups,
      };
      const command = { type: 'command', options: {} };
      expect((await watch({ preset: 'alb-request-count', ...named }, 0, command).at(1)).value).toBe(4);
      const short = { ...named, loadBalancer: BALANCER, targetGroups: { blue: OF_BLUE[1]![1], green: OF_GREEN[1]![1] } };
      expect((await watch({ preset: 'alb-request-count', ...short }, 0, command).at(1)).value).toBe(4);
    });

    test('find the target groups that the router names', async () => {
      const { listenerArn, greenArn } = await makeLoadBalancer(aws);
      const name = (arn: string) => arn.split('/')[1]!;
      const dimensions: [string, string][] = [
        ['LoadBalancer', listenerArn.split('/').slice(1, 4).join('/')],
        ['TargetGroup', greenArn.split(':').at(-1)!],
      ];
      await publish(aws, 0, 'RequestCount', dimensions, 9);
      const router = { type: 'alb', options: { listener: listenerArn, targetGroups: { blue: 'none-such', green: name(greenArn) } } };
      expect((await watch({ preset: 'alb-request-count' }, 0, router).at(1)).value).toBe(9);
    });

    test('cannot measure a Network Load Balancer, and say so', async () => {
      const router = { type: 'alb', options: { ...ALB_ROUTER.options, listener: ALB_ROUTER.options.listener.replace('/app/', '/net/') } };
      await expect(watch({ preset: 'alb-5xx-rate' }, 0, router).at(1)).rejects.toMatchObject({
        type: 'InvalidConfiguration',
        message: expect.stringContaining('measures Application Load Balancers only'),
      });
    });
  });

  describe('any metric', () => {
    const metric = { namespace: 'AWS/ApplicationELB', name: 'Orders', dimensions: { Service: '{service}', Color: '{color}' } };
    const ofGreen: [string, string][] = [
      ['Service', 'shop'],
      ['Color', 'green'],
    ];

    test.each([
      ['Sum', 60],
      ['SampleCount', 4],
      ['Average', 15],
      ['Minimum', 5],
      ['Maximum', 30],
    ])('%s of all minutes since the sample before', async (statistic, value) => {
      await publish(aws, 0, 'Orders', ofGreen, 5, 10, 15);
      await publish(aws, 1, 'Orders', ofGreen, 30);
      expect((await watch({ metric: { ...metric, statistic } }).at(2)).value).toBe(value);
    });

    test('an extreme of a period is known when the period is over, and counts once', async () => {
      const start = (5 - ((START / MINUTE) % 5)) % 5;
      const watched = watch({ metric: { ...metric, statistic: 'Maximum', period: '5m' } }, start);
      await publish(aws, start + 1, 'Orders', ofGreen, 2);
      expect((await watched.at(start + 4)).value).toBeNull();
      await publish(aws, start + 4, 'Orders', ofGreen, 3);
      expect((await watched.at(start + 6)).value).toBe(3);
      expect((await watched.at(start + 7)).value).toBeNull();
      await publish(aws, start + 5, 'Orders', ofGreen, 1);
      expect((await watched.at(start + 10)).value).toBe(1);
    });

    test('a sum of longer periods counts what is new of them', async () => {
      const start = (5 - ((START / MINUTE) % 5)) % 5;
      const watched = watch({ metric: { ...metric, statistic: 'Sum', period: '5m' } }, start);
      await publish(aws, start, 'Orders', ofGreen, 1);
      expect((await watched.at(start + 1)).value).toBe(1);
      await publish(aws, start + 2, 'Orders', ofGreen, 2);
      expect((await watched.at(start + 3)).value).toBe(2);
      expect((await watched.at(start + 4)).value).toBeNull();
    });

    test('one that is not of a color leaves out the minute of the switch', async () => {
      const dimensions: [string, string][] = [['Service', 'shop']];
      await publish(aws, 0, 'Orders', dimensions, 100);
      await publish(aws, 1, 'Orders', dimensions, 1);
      const source = { metric: { ...metric, dimensions: { Service: 'shop' }, statistic: 'Sum' } };
      expect((await watch(source, 0.5).at(2)).value).toBe(1);
    });
  });

  describe('what could not be measured is no value:', () => {
    test('an answer that says it could not find out', async () => {
      const answer = (StatusCode: string) =>
        aws.faults.inject({ action: GET, status: 200, body: JSON.stringify({ MetricDataResults: [{ Id: 'q0', StatusCode }] }) });
      answer('InternalError');
      await expect(watch({ preset: 'alb-request-count' }).at(1)).rejects.toMatchObject({ type: 'Unavailable' });
      answer('Forbidden');
      await expect(watch({ preset: 'alb-request-count' }).at(1)).rejects.toMatchObject({ type: 'PermissionDenied' });
    });

    test('an answer in several pages is read to its end', async () => {
      await publish(aws, 1, 'RequestCount', OF_GREEN, 2);
      const first = {
        MetricDataResults: [{ Id: 'q0', Timestamps: [START / 1000], Values: [1], StatusCode: 'PartialData' }],
        NextToken: 'more',
      };
      aws.faults.inject({ action: GET, status: 200, body: JSON.stringify(first) });
      expect((await watch({ preset: 'alb-request-count' }).at(2)).value).toBe(3);
      expect(aws.faults.callsOf(GET)[1]!.params.NextToken).toBe('more');
    });

    test('access that is denied is named, when asked and when inspected', async () => {
      aws.faults.deny(GET);
      const { source, at } = watch({ preset: 'alb-5xx-rate' });
      await expect(at(1)).rejects.toMatchObject({
        type: 'PermissionDenied',
        message: expect.stringContaining(`${GET} on AWS/ApplicationELB`),
      });
      const findings = await source.inspect!(call());
      expect(findings).toMatchObject([{ severity: 'error', cure: expect.stringContaining(`allow ${GET}`) }]);
    });
  });

  test('inspecting warns of a metric that nobody publishes, and not of one that somebody does', async () => {
    const source = (name: string) =>
      watch({ metric: { namespace: 'AWS/ApplicationELB', name, dimensions: { Color: '{color}' }, statistic: 'Sum' } }).source;
    await publish(aws, -5, 'Orders', [['Color', 'blue']], 1);
    expect(await source('Orders').inspect!(call())).toEqual([]);
    expect(await source('Oders').inspect!(call())).toMatchObject([{ severity: 'warning', message: expect.stringContaining('Oders') }]);
    expect(await watch({ preset: 'alb-5xx-rate' }).source.inspect!(call())).toEqual([]);
  });
});
