/**
 * Switches behind a load balancer whose API fails at random in every way: whatever is thrown at them, users are where the status
 * says, nobody is sent to targets that are not healthy, and no request is lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Color, otherColor } from '../../src/core/plan.ts';
import { useAws } from '../aws/support/aws.ts';
import { describeAws } from '../aws/support/describeAws.ts';
import { AwsShop } from './support/awsShop.ts';
import { startDev } from './support/dev.ts';
import { seededRandom } from './support/random.ts';
import { Service } from './support/service.ts';

/** `CUTOVER_CHAOS_RUNS=100` for a long look; each is one or two switches. */
const RUNS = Number(process.env.CUTOVER_CHAOS_RUNS ?? 2);
const SEED = Number(process.env.CUTOVER_CHAOS_SEED ?? Date.now() % 1_000_000);
const MODIFY = 'elasticloadbalancing:ModifyListener';
const UNHEALTHY_MS = 1_500;

vi.setConfig({ testTimeout: 180_000 + RUNS * 60_000 });

describeAws('behind a load balancer whose API fails at random', () => {
  const aws = useAws();
  let host: Service;

  beforeAll(async () => {
    host = await Service.create({ name: 'host' });
    await startDev(host);
  });
  afterAll(() => host?.discard());

  test(`users are where the status says, on healthy targets, and none is failed (CUTOVER_CHAOS_SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const shop = await AwsShop.open(aws, 'chaos', host);
    aws.faults.random = random;
    shop.usersArrive();
    const told: string[] = [];
    try {
      for (let run = 1; run <= RUNS; run += 1) {
        const stop = injectFaults(random);
        aws.faults.staleReads(random() < 0.5 ? 400 : 0);
        const idle = otherColor((await shop.live())!);
        const sick = random() < 0.3 ? fallIll(shop, idle) : null;
        const line = await oneRun(shop, `v${run + 1}`, random());
        await sick?.over;
        stop();
        await aws.faults.lateApplied();
        told.push(`${run}: ${line}`);
        if (RUNS > 5) console.log(told.at(-1));
        const status = await settled(shop);
        expect(await shop.live(), told.join('\n')).toBe(status.liveColor);
        expect(sick?.switchedMeanwhile() ?? [], told.join('\n')).toEqual([]);
        aws.faults.calls = [];
      }
      expect(await shop.usersLeave()).toEqual([]);
    } finally {
      await shop.close();
    }
  });

  /** Answers how to end them. */
  function injectFaults(random: () => number): () => void {
    const action = 'elasticloadbalancing:*';
    const late = 100 + Math.floor(random() * 1_200);
    const injections = [
      aws.faults.inject({ action, percent: 8, code: 'Throttling' }),
      aws.faults.inject({ action, percent: 5, drop: 'request' }),
      aws.faults.inject({ action, percent: 5, drop: 'response' }),
      aws.faults.inject({ action: MODIFY, percent: 8, applyAfterMs: late }),
      aws.faults.inject({ action, percent: 5, applyAfterMs: 200, status: 500, body: '<html><body>Internal Server Error' }),
      aws.faults.inject({ action, percent: 5, delayMs: 300 }),
    ];
    return () => {
      for (const injection of injections) injection.stop();
    };
  }

  /** The targets of a color are not healthy for a while. */
  function fallIll(shop: AwsShop, color: Color) {
    const group = color === 'blue' ? shop.balancer.blueArn : shop.balancer.greenArn;
    aws.faults.setHealth(group, '*', { state: 'unhealthy', reason: 'Target.FailedHealthChecks', description: 'as the test says' });
    const over = sleep(UNHEALTHY_MS).then(() => {
      aws.faults.setHealth(group, '*', { state: 'healthy' });
      return Date.now();
    });
    let until = Number.POSITIVE_INFINITY;
    over.then((at) => {
      until = at;
    });
    const sendsUsers = (params: unknown): boolean => new RegExp(`"${group}","Weight":"?[1-9]`).test(JSON.stringify(params));
    return { over, switchedMeanwhile: () => aws.faults.callsOf(MODIFY).filter(({ at, params }) => at < until && sendsUsers(params)) };
  }

  /** A deployment, and maybe a way back: while it is watched, or while the old color is retained. */
  async function oneRun(shop: AwsShop, version: string, fate: number): Promise<string> {
    const way = fate < 0.4 ? 'stays' : fate < 0.7 ? 'back while watched' : 'back while retained';
    await shop.writeFile({ monitor: { duration: way === 'back while watched' ? '1h' : '500ms', interval: '500ms' } });
    const codes = [
      (await shop.cutover('deploy', version, ...(way === 'back while watched' ? ['--wait-for', 'monitoring'] : ['--wait']))).code,
    ];
    if (way !== 'stays') codes.push((await shop.cutover('rollback')).code);
    return `${version} ${way}: ${codes.join(', ')}`;
  }

  /** Nothing moves any more. A person who is asked takes what the router says. */
  async function settled(shop: AwsShop) {
    const isStill = ({ phase, steps }: { phase: string; steps: { name: string }[] }) =>
      phase === 'ended' || phase === 'needs-intervention' || steps.at(-1)?.name === 'retain';
    const status = await shop.service.untilStatus(isStill);
    if (status.phase !== 'needs-intervention') return status;
    await shop.cutover('resolve', shop.service.name, '--adopt');
    return shop.service.untilStatus((now) => isStill(now) && now.phase !== 'needs-intervention');
  }
});
