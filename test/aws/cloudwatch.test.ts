import { describe, expect, test } from 'vitest';
import { createCloudWatchSource } from '../../src/providers/aws/cloudwatch/source.ts';
import { cloudwatchMetric } from '../../src/providers/metrics/cloudwatch.ts';
import { metricsContract } from '../contract/metricsContract.ts';
import { ALB_ROUTER, MINUTE, OF_BALANCER, OF_BLUE, OF_GREEN, publish, START, watch } from './cloudwatchMetrics.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

const GET = 'cloudwatch:GetMetricData';

describeAws('cloudwatch', () => {
  const aws = useAws();

  metricsContract('cloudwatch', async () => {
    // The contract asks for data since now: here, those minutes are over at once.
    let minute = Math.floor((Date.now() - START) / MINUTE);
    const context = {
      service: 'shop',
      folder: '/',
      stateDir: '/',
      endpoints: { blue: null, green: null, preview: null },
      router: ALB_ROUTER,
    };
    const source = createCloudWatchSource(
      cloudwatchMetric.options.parse({ preset: 'alb-5xx-rate' }),
      context,
      () => START + minute * MINUTE,
    );
    return {
      source,
      async produce() {
        minute += 1;
        await publish(aws, minute - 1, 'RequestCount', OF_GREEN, 200);
        await publish(aws, minute - 1, 'HTTPCode_Target_5XX_Count', OF_GREEN, minute % 7);
        return (minute % 7) / 200;
      },
      async silence() {
        minute += 1;
      },
      async breakDown() {
        minute += 1;
        aws.faults.inject({ action: GET, code: 'ServiceUnavailable', times: 9 });
      },
      close: async () => {},
    };
  });

  describe('the rate of 5xx answers', () => {
    test('counts what the color’s targets and the load balancer itself answered, exactly', async () => {
      await publish(aws, 0, 'RequestCount', OF_GREEN, 700, 280);
      await publish(aws, 0, 'HTTPCode_Target_5XX_Count', OF_GREEN, 10);
      await publish(aws, 0, 'HTTPCode_ELB_5XX_Count', OF_BALANCER, 20);
      await publish(aws, 0, 'RequestCount', OF_BLUE, 5_000);
      await publish(aws, 0, 'HTTPCode_Target_5XX_Count', OF_BLUE, 4_000);
      const { value, detail } = await watch({ preset: 'alb-5xx-rate' }).at(1);
      expect(value).toBe(30 / 1000);
      expect(detail).toContain('30 of 1000 answers were 5xx (10 by the targets, 20 by the load balancer)');
    });

    test('is 0 where there are requests and no errors were ever published', async () => {
      await publish(aws, 0, 'RequestCount', OF_GREEN, 12);
      expect((await watch({ preset: 'alb-5xx-rate' }).at(1)).value).toBe(0);
    });

    test('is no data without requests, and with zero requests', async () => {
      const watched = watch({ preset: 'alb-5xx-rate' });
      expect(await watched.at(1)).toMatchObject({
        value: null,
        detail: expect.stringContaining('nothing new of AWS/ApplicationELB RequestCount'),
      });
      await publish(aws, 1, 'RequestCount', OF_GREEN, 0);
      expect(await watched.at(2)).toMatchObject({ value: null, detail: expect.stringContaining('no requests') });
    });

    test('is everything where the load balancer answers all by itself: such requests are not among the requests', async () => {
      await publish(aws, 0, 'HTTPCode_ELB_5XX_Count', OF_BALANCER, 50);
      const watched = watch({ preset: 'alb-5xx-rate' });
      expect((await watched.at(1)).value).toBeNull();
      expect((await watched.at(3)).value).toBe(1);
    });

    test('is not made of errors whose requests are only known a minute later', async () => {
      const watched = watch({ preset: 'alb-5xx-rate' });
      await publish(aws, 0, 'HTTPCode_ELB_5XX_Count', OF_BALANCER, 1);
      expect((await watched.at(1)).value).toBeNull();
      await publish(aws, 0, 'RequestCount', OF_GREEN, 99);
      expect((await watched.at(2)).value).toBe(1 / 100);
    });
  });

  describe('each minute is counted exactly once', () => {
    test('whenever it becomes known', async () => {
      const watched = watch({ preset: 'alb-request-count' });
      await publish(aws, 0, 'RequestCount', OF_GREEN, 1);
      expect((await watched.at(1)).value).toBe(1);
      expect((await watched.at(2)).value).toBeNull();
      await publish(aws, 1, 'RequestCount', OF_GREEN, 10);
      await publish(aws, 2, 'RequestCount', OF_GREEN, 100);
      expect((await watched.at(3.5)).value).toBe(110);
      await publish(aws, 3, 'RequestCount', OF_GREEN, 1_000);
      expect((await watched.at(4)).value).toBe(1_000);
      expect((await watched.at(4.5)).value).toBeNull();
    });

    test('also where it becomes known piece by piece', async () => {
      const watched = watch({ preset: 'alb-request-count' });
      await publish(aws, 0, 'RequestCount', OF_GREEN, 5);
      expect((await watched.at(0.9)).value).toBe(5);
      await publish(aws, 0, 'RequestCount', OF_GREEN, 3);
      await publish(aws, 1, 'RequestCount', OF_GREEN, 1);
      expect((await watched.at(1.1)).value).toBe(4);
      expect((await watched.at(2)).value).toBeNull();
      await publish(aws, 0, 'RequestCount', OF_GREEN, 2);
      expect((await watched.at(3)).value).toBe(2);
    });

    test('errors that come after the requests they belong to are counted with the next requests', async () => {
      const watched = watch({ preset: 'alb-5xx-rate' });
      await publish(aws, 0, 'RequestCount', OF_GREEN, 100);
      expect((await watched.at(1)).value).toBe(0);
      await publish(aws, 0, 'HTTPCode_Target_5XX_Count', OF_GREEN, 5);
      expect((await watched.at(2)).value).toBeNull();
      await publish(aws, 2, 'RequestCount', OF_GREEN, 50);
      expect((await watched.at(3)).value).toBe(5 / 50);
      await publish(aws, 3, 'RequestCount', OF_GREEN, 50);
      expect((await watched.at(4)).value).toBe(0);
    });

    test('a minute without requests between two that have some is passed over', async () => {
      const watched = watch({ preset: 'alb-request-count' });
      await publish(aws, 0, 'RequestCount', OF_GREEN, 1);
      await publish(aws, 2, 'RequestCount', OF_GREEN, 2);
      expect((await watched.at(3)).value).toBe(3);
    });

    test('a minute that is five minutes late is not waited for', async () => {
      const watched = watch({ preset: 'alb-request-count' });
      await watched.at(7);
      await watched.at(8);
      expect(new Date(aws.faults.callsOf(GET)[1]!.params.StartTime * 1000).getTime()).toBe(START + 2 * MINUTE);
    });

    test('a sample that failed loses nothing', async () => {
      const watched = watch({ preset: 'alb-request-count' });
      await publish(aws, 0, 'RequestCount', OF_GREEN, 1);
      expect((await watched.at(1)).value).toBe(1);
      await publish(aws, 1, 'RequestCount', OF_GREEN, 2);
      aws.faults.inject({ action: GET, code: 'InternalFailure', times: 3 });
      await expect(watched.at(2)).rejects.toMatchObject({ type: 'Unavailable' });
      expect((await watched.at(3)).value).toBe(2);
    });
  });

  describe('the minute of the switch', () => {
    test('counts for what the color’s own targets did, and not for the load balancer as a whole', async () => {
      await publish(aws, 0, 'RequestCount', OF_GREEN, 60);
      await publish(aws, 0, 'HTTPCode_Target_5XX_Count', OF_GREEN, 6);
      await publish(aws, 0, 'HTTPCode_ELB_5XX_Count', OF_BALANCER, 1_000);
      const watched = watch({ preset: 'alb-5xx-rate' }, 0.5);
      expect((await watched.at(1)).value).toBe(6 / 60);
      await publish(aws, 1, 'RequestCount', OF_GREEN, 38);
      await publish(aws, 1, 'HTTPCode_ELB_5XX_Count', OF_BALANCER, 2);
      expect((await watched.at(2)).value).toBe(2 / 40);
    });

    test('and none before it', async () => {
      await publish(aws, 0, 'RequestCount', OF_GREEN, 1_000);
      await publish(aws, 1, 'RequestCount', OF_GREEN, 1);
      expect((await watch({ preset: 'alb-request-count' }, 1.5).at(2)).value).toBe(1);
    });

    test('does not count for the health of the targets, which were coming up in it', async () => {
      await publish(aws, 0, 'UnHealthyHostCount', OF_GREEN, 3);
      await publish(aws, 1, 'UnHealthyHostCount', OF_GREEN, 0, 1);
      const watched = watch({ preset: 'alb-unhealthy-hosts' }, 0.5);
      expect((await watched.at(1)).value).toBeNull();
      expect((await watched.at(2)).value).toBe(1);
    });
  });
});
