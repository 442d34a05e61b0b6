/** All activities, each inside the boundary. */
import { type ActivityCall, atBoundary } from './boundary.ts';
import { confirm } from './confirm.ts';
import { deploy, remove, scale } from './environment.ts';
import { notify } from './notify.ts';
import { observe, readRouting } from './observe.ts';
import { sample } from './sample.ts';
import { smokeTest, warmUp } from './smokeTest.ts';
import { drain, switchTraffic } from './traffic.ts';
import type { Activities } from './types.ts';

type Work<Input, Output> = (call: ActivityCall, input: Input) => Promise<Output>;

const activity =
  <Input, Output>(work: Work<Input, Output>) =>
  (input: Input): Promise<Output> =>
    atBoundary((call) => work(call, input));

export const createActivities = (): Activities => ({
  observe: activity(observe),
  readRouting: activity(readRouting),
  drain: activity(drain),
  deploy: activity(deploy),
  smokeTest: activity(smokeTest),
  warmUp: activity(warmUp),
  switchTraffic: activity(switchTraffic),
  confirm: activity(confirm),
  sample: activity(sample),
  scale: activity(scale),
  remove: activity(remove),
  notify: activity(notify),
});
