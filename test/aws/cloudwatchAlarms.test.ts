import { PutMetricAlarmCommand, SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { watch } from './cloudwatchMetrics.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

const DESCRIBE = 'cloudwatch:DescribeAlarms';

describeAws('alarms of cloudwatch', () => {
  const aws = useAws();

  async function alarm(AlarmName: string, StateValue: StateValue = 'OK', StateReason = ''): Promise<void> {
    const metric = { MetricName: 'Errors', Namespace: 'shop', Statistic: 'Sum' as const, Period: 60 };
    const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' as const };
    await aws.clients.cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...metric, ...rule }));
    await aws.clients.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
  }

  const findingsOf = async (given: Record<string, unknown>) =>
    (await watch(given).source.inspect!(call())).map(({ severity, message, cure }) => `${severity}: ${message}: ${cure}`);

  test('the value is how many are in ALARM, and the detail names them and why', async () => {
    await alarm('errors', 'ALARM', 'Threshold Crossed: 12 > 1');
    await alarm('latency', 'OK');
    await alarm('saturation', 'ALARM');
    expect(await watch({ alarms: ['errors', 'latency', 'saturation'] }).at(1)).toEqual({
      value: 2,
      detail: 'in ALARM: errors (Threshold Crossed: 12 > 1); saturation',
    });
  });

  test('none in ALARM is 0; those without enough data are not in ALARM, and said', async () => {
    await alarm('errors', 'INSUFFICIENT_DATA');
    await alarm('latency', 'OK');
    expect(await watch({ alarms: ['errors', 'latency'] }).at(1)).toEqual({
      value: 0,
      detail: 'none of 2 in ALARM; with insufficient data: errors',
    });
  });

  test('composite alarms count as well', async () => {
    const CompositeAlarms = [{ AlarmName: 'all of it', StateValue: 'ALARM', StateReason: 'errors is in ALARM' }];
    aws.faults.inject({ action: DESCRIBE, status: 200, body: JSON.stringify({ CompositeAlarms, MetricAlarms: [] }) });
    expect((await watch({ alarms: ['all of it'] }).at(1)).value).toBe(1);
    expect(aws.faults.callsOf(DESCRIBE)[0]!.params.AlarmTypes).toEqual(['MetricAlarm', 'CompositeAlarm']);
  });

  test('an alarm of a color is that of the new one', async () => {
    await alarm('shop-blue', 'ALARM');
    await alarm('shop-green', 'OK');
    expect((await watch({ alarms: ['shop-{color}'] }).at(1)).value).toBe(0);
    expect((await watch({ alarms: ['shop-{color}'] }).at(1, { color: 'blue' })).value).toBe(1);
  });

  test('an alarm that is missing was not measured: no pass', async () => {
    await alarm('errors');
    const reading = watch({ alarms: ['errors', 'latency'] }).at(1);
    await expect(reading).rejects.toMatchObject({
      type: 'NotFound',
      message: expect.stringContaining(`${DESCRIBE} found no alarm latency`),
    });
  });

  test('an alarm that must not be read was not measured either, and the permission is named', async () => {
    await alarm('errors');
    aws.faults.deny(DESCRIBE);
    const message = expect.stringMatching(/^cloudwatch:DescribeAlarms on alarm errors .*allow cloudwatch:DescribeAlarms/);
    await expect(watch({ alarms: ['errors'] }).at(1)).rejects.toMatchObject({ type: 'PermissionDenied', message });
  });

  test('red already is refused before a deployment, unless it is allowed', async () => {
    await alarm('errors', 'ALARM', 'Threshold Crossed');
    await alarm('latency', 'OK');
    const alarms = ['errors', 'latency'];
    expect(await findingsOf({ alarms })).toEqual([
      expect.stringMatching(/^error: the alarm errors \(Threshold Crossed\) is in ALARM already.*allowAlarming/),
    ]);
    expect(await findingsOf({ alarms, allowAlarming: ['errors'] })).toEqual([]);
    expect(await findingsOf({ alarms, allowAlarming: true })).toEqual([]);
    expect(await findingsOf({ alarms: ['latency'] })).toEqual([]);
  });

  test('one that is allowed to be red never counts, and is said', async () => {
    await alarm('errors', 'ALARM');
    await alarm('latency', 'ALARM');
    const reading = await watch({ alarms: ['errors', 'latency'], allowAlarming: ['errors'] }).at(1);
    expect(reading).toEqual({ value: 1, detail: 'in ALARM: latency; in ALARM, allowed: errors' });
  });

  test('of a color’s alarm a warning is enough: it may be the color that users leave', async () => {
    await alarm('shop-blue', 'ALARM');
    await alarm('shop-green', 'OK');
    expect(await findingsOf({ alarms: ['shop-{color}'] })).toEqual([expect.stringMatching(/^warning: the alarm shop-blue is in ALARM/)]);
  });

  test('missing alarms and missing permissions are found before a deployment', async () => {
    expect(await findingsOf({ alarms: ['errors'] })).toEqual([
      expect.stringMatching(/^error: cloudwatch:DescribeAlarms found no alarm errors: check/),
    ]);
    aws.faults.deny(DESCRIBE);
    expect(await findingsOf({ alarms: ['errors'] })).toEqual([expect.stringMatching(/^error: .*: allow cloudwatch:DescribeAlarms/)]);
  });

  test('a hundred alarms in one request make no reading that is too long to keep', async () => {
    const alarms = Array.from({ length: 100 }, (_, index) => `alarm-${index}`);
    const MetricAlarms = alarms.map((AlarmName) => ({ AlarmName, StateValue: 'ALARM', StateReason: 'x'.repeat(1_000) }));
    aws.faults.inject({ action: DESCRIBE, status: 200, body: JSON.stringify({ MetricAlarms }) });
    const reading = await watch({ alarms }).at(1);
    expect(reading.value).toBe(100);
    expect(JSON.stringify(reading).length).toBeLessThan(2_000);
  });
});
