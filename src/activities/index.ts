/** All activities, each inside the boundary. */
import { type ActivityCall, atBoundary } from './boundary.ts';
import { confirm } from './confirm.ts';
import { drain } from './drain.ts';
import { deploy, remove, scale } from './environment.ts';
import { inspect } from './inspect.ts';
import { notify } from './notify.ts';
import { observe, readRouting } from './observe.ts';
import { attach, awaitReady, settle } from './readiness.ts';
import { sample } from './sample.ts';
import { smokeTest, warmUp } from './smokeTest.ts';
import { spread } from './spread.ts';
import { switchTraffic } from './traffic.ts';
import type { Activities } from './types.ts';

type Work<Input, Output> = (call: ActivityCall, input: Input) => Promise<Output>;

const activity =
  <Input, Output>(work: Work<Input, Output>) =>
  (input: Input): Promise<Output> =>
    atBoundary((call) => work(call, input));

export const createActivities = (): Activities => ({
  observe: activity(observe),
  inspect: activity(inspect),
  readRouting: activity(readRouting),
  attach: activity(attach),
  awaitReady: activity(awaitReady),
  drain: activity(drain),
  deploy: activity(deploy),
  smokeTest: activity(smokeTest),
  warmUp: activity(warmUp),
  switchTraffic: activity(switchTraffic),
  spread: activity(spread),
  confirm: activity(confirm),
  sample: activity(sample),
  scale: activity(scale),
  remove: activity(remove),
  settle: activity(settle),
  notify: activity(notify),
});
