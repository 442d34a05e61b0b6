import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { useAws } from '../aws/support/aws.ts';
import { describeAws } from '../aws/support/describeAws.ts';
import { AwsShop } from './support/awsShop.ts';
import { type Dev, startDev } from './support/dev.ts';
import { versionAt } from './support/load.ts';
import { kill, Service } from './support/service.ts';
import { until } from './support/until.ts';

vi.setConfig({ testTimeout: 180_000 });

const MODIFY = 'elasticloadbalancing:ModifyListener';

describeAws('a service in use behind a load balancer', () => {
  const aws = useAws();
  let host: Service;
  let dev: Dev;
  let shop: AwsShop;

  beforeAll(async () => {
    // Has the Temporal server and the worker; nothing is ever deployed of it.
    host = await Service.create({ name: 'host' });
    dev = await startDev(host);
  });
  afterEach(() => shop?.close());
  afterAll(() => host?.discard());

  const open = async (name: string): Promise<void> => {
    // As at AWS: unused until attached, then not healthy at once.
    aws.faults.fidelity({ initialMs: 500 });
    shop = await AwsShop.open(aws, name, host);
    shop.usersArrive();
  };
  const expectLive = async (version: string): Promise<void> => {
    expect(await versionAt(shop.service.url)).toBe(version);
    expect(await shop.live()).toBe((await shop.status()).liveColor);
  };
  const deploy = async (version: string, ...wait: string[]): Promise<void> => {
    const { code, stderr } = await shop.cutover('deploy', version, ...wait);
    expect(code, stderr).toBe(0);
    await expectLive(version);
  };
  const rollBack = async (to: string): Promise<void> => {
    const { code, stderr } = await shop.cutover('rollback');
    expect(code, stderr).toBe(0);
    await expectLive(to);
  };

  test('switches, and rollbacks while monitored, while retained and after the removal, cost nobody a request', async () => {
    await open('shop');
    const { blueArn, greenArn } = shop.balancer;
    const before = await shop.actions();
    expect(before).toEqual(forwardTo(blueArn));

    await shop.writeFile({ monitor: { duration: '1h', interval: '500ms' } });
    await deploy('v2', '--wait-for', 'monitoring');
    await rollBack('v1');
    await shop.service.untilStatus(({ phase }) => phase === 'ended');
    expect(await shop.actions()).toEqual(before);

    await shop.writeFile();
    await deploy('v3', '--wait');
    await shop.service.untilStatus(({ steps }) => steps.at(-1)?.name === 'retain');
    await rollBack('v1');
    await shop.service.untilStatus(({ phase }) => phase === 'ended');
    expect(await shop.actions()).toEqual(before);

    await shop.writeFile({ retention: { duration: '100ms' } });
    await deploy('v4', '--wait');
    await shop.service.untilStatus(({ phase }) => phase === 'ended');
    expect(await shop.actions()).toEqual(forwardTo(greenArn));
    await rollBack('v1');
    await shop.service.untilStatus(({ phase }) => phase === 'ended');
    expect(await shop.actions()).toEqual(forwardTo(blueArn));

    expect(await shop.usersLeave()).toEqual([]);
    expect([...shop.seen].sort()).toEqual(['v1', 'v2', 'v3', 'v4']);
  });

  test('a worker that is killed while AWS has its switch in hand costs nobody a request, and the next one finds it done', async () => {
    await open('killed');
    const switching = aws.faults.inject({
      action: MODIFY,
      when: ({ params }) => isSwitchTo(params, shop.balancer.greenArn),
      delayMs: 300,
    });
    const deploying = shop.cutover('deploy', 'v2', '--wait');
    await until(() => switching.hits > 0);
    kill(dev.document.worker.pid);
    expect(await deploying).toMatchObject({ code: 0 });

    await expectLive('v2');
    expect(aws.faults.callsOf(MODIFY).filter(({ params }) => isSwitchTo(params, shop.balancer.greenArn))).toHaveLength(1);
    expect(await shop.usersLeave()).toEqual([]);
  });
});

const isSwitchTo = ({ DefaultActions }: Record<string, unknown>, arn: string): boolean =>
  JSON.stringify(DefaultActions).includes(JSON.stringify({ TargetGroupArn: arn, Weight: '1' }));

/** A plain forward, as AWS describes it whichever way it was written. */
const forwardTo = (TargetGroupArn: string) => [
  {
    Type: 'forward',
    TargetGroupArn,
    ForwardConfig: { TargetGroups: [{ TargetGroupArn, Weight: 1 }], TargetGroupStickinessConfig: { Enabled: false } },
  },
];
