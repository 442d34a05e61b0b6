/** DNS as the router, and CloudWatch alarms as what is watched: whole deployments by the real command. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutMetricAlarmCommand, SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import { addresses, makeZone, NAME, VALUES, type Zone } from '../aws/route53Zone.ts';
import { useAws } from '../aws/support/aws.ts';
import { describeAws } from '../aws/support/describeAws.ts';
import { startDev } from './support/dev.ts';
import { awsEnvironment } from './support/ecsShop.ts';
import { Service } from './support/service.ts';

vi.setConfig({ testTimeout: 180_000 });

describeAws('by DNS, watched by an alarm', () => {
  const aws = useAws();
  let zone: Zone;
  let service: Service;
  let users: Server;

  beforeEach(async () => {
    zone = await makeZone(aws);
    await alarm('OK');
    service = await Service.create({ env: awsEnvironment(aws.url()) });
    users = await resolvingUsers();
    await service.writeFile({
      router: { type: 'route53', hostedZoneId: zone.id, record: NAME, ttl: '1s', targets: VALUES },
      switch: { confirm: { url: `http://127.0.0.1:${(users.address() as AddressInfo).port}` } },
      monitor: { duration: '1h', interval: '1s', checks: [{ name: 'red', source: { type: 'cloudwatch', alarms: ['shop-errors'] } }] },
    });
    await startDev(service);
    expect((await service.cutover('deploy', 'v1', '--wait-for', 'monitoring')).code).toBe(0);
    expect((await service.cutover('promote')).code).toBe(0);
    await service.untilStatus(({ outcome }) => outcome === 'succeeded');
  });
  afterEach(async () => {
    await service?.discard();
    users?.close();
  });

  async function alarm(StateValue: StateValue): Promise<void> {
    const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' as const };
    const metric = { MetricName: 'Errors', Namespace: 'shop', Statistic: 'Sum' as const, Period: 60 };
    await aws.clients.cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'shop-errors', ...metric, ...rule }));
    await aws.clients.cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'shop-errors', StateValue, StateReason: 'as the test says' }));
  }

  const liveValues = async () => (await zone.record())[0]?.ResourceRecords?.map(({ Value }) => Value);

  /** What users get whose resolver has just asked. */
  function resolvingUsers(): Promise<Server> {
    const server = createServer((request, response) => {
      liveValues()
        .then((values) =>
          fetch(`http://127.0.0.1:${values?.[0] === VALUES.blue.values[0] ? service.ports.blue : service.ports.green}${request.url}`),
        )
        .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
        .catch(() => response.writeHead(502).end());
    });
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
  }

  test('users are looked for when they can have moved, and are taken back by an alarm; nothing else of the zone changes', async () => {
    const others = (await zone.dump()).filter(({ Name, Type }) => Name !== `${NAME}.` || Type !== 'A');
    expect((await service.cutover('deploy', 'v2', '--wait-for', 'monitoring')).code).toBe(0);
    const watched = await service.json<StatusDocument>('status', 'shop');
    expect(watched.steps.map(({ name }) => name)).toEqual(expect.arrayContaining(['switch', 'spread', 'confirm', 'monitor']));
    expect(watched.steps.find(({ name }) => name === 'spread')?.detail).toContain('everywhere after');
    expect(await liveValues()).toEqual(VALUES.green.values);

    await alarm('ALARM');
    const back = await service.untilStatus(({ outcome }) => outcome !== null);
    expect(back).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', previousVersion: 'v1' });
    expect(back.reason).toContain('shop-errors');
    expect(await zone.record()).toEqual([expect.objectContaining({ ...addresses(...VALUES.blue.values), TTL: 1 })]);
    expect((await zone.dump()).filter(({ Name, Type }) => Name !== `${NAME}.` || Type !== 'A')).toEqual(others);
  });

  test('an alarm that is red already is a reason not to begin, which plan and deploy give', async () => {
    await alarm('ALARM');
    const planned = await service.cutover('plan', 'v2');
    expect(planned.code).toBe(3);
    expect(planned.stdout).toMatch(/cannot run: .*shop-errors.*: /);
    const deployed = await service.cutover('deploy', 'v2', '--wait');
    expect(deployed.code).toBe(4);
    expect(deployed.stdout + deployed.stderr).toContain('shop-errors');
    expect(await service.onColor('green')).toEqual([]);
  });
});
