/** Deployments that stay in the middle of a step until a test lets them go on. */
import type { Service } from '../../e2e/support/service.ts';
import type { Cluster } from './cluster.ts';
import { fits, type Matcher } from './faults.ts';
import { Gate } from './gate.ts';
import { ShopInUse } from './shopInUse.ts';
import type { StepCase } from './steps.ts';

/** So many commands at a time: each is a process. */
const AT_A_TIME = 10;
const FOR_EVER = Number.POSITIVE_INFINITY;

export interface Parked {
  of(step: string): ShopInUse;
  /** What was held goes on now; what the API server should answer fails where that is gone. */
  release(apiServer: 'there' | 'gone'): void;
  close(): Promise<void>;
}

interface Hold {
  gate: Gate;
  asks: 'api-server' | 'pods';
  /** Whoever comes from now on is not held. */
  lift(): void;
}

/** One shop for each, each in the middle of its step when this resolves. */
export async function park(cluster: Cluster, host: Service, cases: readonly StepCase[]): Promise<Parked> {
  const shops = new Map<string, ShopInUse>();
  await each(cases, async ({ step, file }) => {
    shops.set(step, await ShopInUse.open(cluster, host, { name: step, preview: true, timeout: '3m', ...(file && { file }) }));
  });
  const of = (step: string): ShopInUse => shops.get(step)!;
  await each(
    cases.filter(({ from }) => from),
    (one) => prepare(of(one.step), one),
  );
  const gates: Hold[] = [];
  const isTimed = ({ step, held }: StepCase): boolean => 'clock' in held(step);
  const begin = async (one: StepCase): Promise<void> => {
    const hold = holdBack(of(one.step), one);
    if (hold) gates.push(hold);
    await start(of(one.step), one);
    await hold?.gate.arrived;
  };
  await each(
    cases.filter((one) => !isTimed(one)),
    begin,
  );
  const timed = cases.filter(isTimed);
  await each(timed, begin);
  await Promise.all(timed.map(({ step }) => of(step).untilStep(step)));
  return {
    of,
    release: (apiServer) => {
      for (const { gate, lift, asks } of gates) {
        lift();
        if (asks === 'api-server' && apiServer === 'gone') gate.shut();
        else gate.open();
      }
    },
    close: async () => void (await Promise.all([...shops.values()].map((shop) => shop.close()))),
  };
}

/** It is deployed already; from here on a person goes back. */
async function prepare(shop: ShopInUse, { from }: StepCase): Promise<void> {
  if (from === 'watched') await shop.writeFile({ monitor: { duration: '1h', interval: '1s' } });
  await shop.cutover('deploy', '2.0', ...(from === 'watched' ? ['--wait-for', 'monitoring'] : ['--wait']));
  if (from === 'retained') await shop.untilStep('retain');
}

async function start(shop: ShopInUse, { from, version = '2.0' }: StepCase): Promise<void> {
  const command = from ? ['rollback', '--no-wait'] : ['deploy', version];
  const { code, stderr } = await shop.cutover(...command);
  if (code !== 0) throw new Error(`${shop.name}: cutover ${command.join(' ')} ended with ${code}: ${stderr}`);
}

/** Null where only a clock keeps it there. */
function holdBack({ name, pods, cluster: { faults } }: ShopInUse, { held: of }: StepCase): Hold | null {
  const held = of(name);
  if ('clock' in held) return null;
  const gate = new Gate();
  if ('answer' in held) return { gate, lift: pods.hold(held.answer, gate.pass), asks: 'pods' };
  const matcher = held.since ? onceSeen(held.since, held.request) : held.request;
  const injection = faults.inject({ ...matcher, times: FOR_EVER, ...(held.carriedOut ? { after: gate.pass } : { before: gate.pass }) });
  return { gate, lift: injection.stop, asks: 'api-server' };
}

/** Fits what `then` fits, from the first request on that fits `first`. */
function onceSeen(first: Matcher, then: Matcher): Matcher {
  let seen = false;
  return {
    when: (request) => {
      seen ||= fits(first, request);
      return seen && fits(then, request);
    },
  };
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const workOff = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, workOff));
}
