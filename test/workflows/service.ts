/** Runs the real workflow with a simulated world, and talks to it as a client does. */
import { randomUUID } from 'node:crypto';
import { setTimeout as timer } from 'node:timers/promises';
import { isGrpcDeadlineError, WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import type { Activities } from '../../src/activities/types.ts';
import {
  type Decided,
  type Decision,
  type DecisionName,
  forgetUpdate,
  historyQuery,
  type PastDeployment,
  type Plan,
  type StatusDocument,
  type Submitted,
  statusQuery,
  submitUpdate,
  WORKFLOW_TYPE,
  workflowId,
} from '../../src/contract.ts';
import { timeSkippingEnvironment, uniqueTaskQueue } from '../support/temporal.ts';
import { workflowBundle } from './bundle.ts';
import { planFor } from './plans.ts';
import { simulatedActivities } from './simulated.ts';
import { type ActivityName, emptyWorld, type World } from './world.ts';

/** Real time, generous on a loaded machine: only a test that fails waits for it. */
const PATIENCE_MS = 15_000;
const ANSWER_MS = 2_000;

export interface RunningService {
  service: string;
  plan(version: string, changes?: Partial<Plan>): Plan;
  submit(plan: Plan, requestId?: string): Promise<Submitted>;
  decide(name: DecisionName, payload?: object, updateId?: string): Promise<Decided>;
  signal(name: DecisionName, payload?: object): Promise<void>;
  forget(): Promise<Decided>;
  status(deploymentId?: string): Promise<StatusDocument | null>;
  history(): Promise<PastDeployment[]>;
  /** Waits in the workflow's own time until the status is as wanted; hours of it take no time. */
  until(wanted: (status: StatusDocument) => boolean, step?: Duration): Promise<StatusDocument>;
  /** Waits in real time, a few seconds at most: no timer of the workflow fires for it. */
  soon(wanted: (status: StatusDocument) => boolean): Promise<StatusDocument>;
  skip(duration: Duration): Promise<void>;
  handle(runId?: string): WorkflowHandle;
}

export interface Bench {
  /**
   * Gives `use` a service of its own in that world. Its run is left to itself afterwards: one that is terminated while an
   * activity runs keeps the server from skipping time for ever.
   */
  withService(world: World, use: (service: RunningService) => Promise<void>): Promise<void>;
  environment(): TestWorkflowEnvironment;
  taskQueue: string;
}

/** One server (it skips time where nothing else is said) and one worker for the tests of a file. */
export function useBench(start: () => Promise<TestWorkflowEnvironment> = timeSkippingEnvironment): Bench {
  const taskQueue = uniqueTaskQueue();
  const worlds = new Map<string, Activities>();
  let env: TestWorkflowEnvironment;
  let worker: Worker;
  let running: Promise<void>;
  beforeAll(async () => {
    env = await patiently(start);
    worker = await Worker.create({
      connection: env.nativeConnection,
      identity: 'worker',
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities: activitiesOf(worlds),
    });
    running = worker.run();
  });
  afterAll(async () => {
    worker?.shutdown();
    await running;
    await env?.teardown();
  });
  return {
    taskQueue,
    environment: () => env,
    withService: async (world, use) => {
      const service = `shop-${randomUUID().slice(0, 8)}`;
      worlds.set(service, simulatedActivities(world));
      const shop = runningService(env, taskQueue, service);
      await use(shop);
    },
  };
}

/** The SDK gives the server five seconds to start, which a loaded machine can miss. */
async function patiently<T>(start: () => Promise<T>, attempts = 8): Promise<T> {
  return start().catch((error) => {
    if (attempts <= 1) throw error;
    return patiently(start, attempts - 1);
  });
}

/** Activities that work in the world of the service that they are called for. */
function activitiesOf(worlds: Map<string, Activities>): Activities {
  const dispatched = (Object.keys(simulatedActivities(emptyWorld())) as ActivityName[]).map((name) => [
    name,
    (input: { plan: Plan }) => (worlds.get(input.plan.service)![name] as (input: unknown) => Promise<unknown>)(input),
  ]);
  return Object.fromEntries(dispatched) as Activities;
}

function runningService(env: TestWorkflowEnvironment, taskQueue: string, service: string): RunningService {
  const client = env.client.workflow;
  const handle = (runId?: string) => client.getHandle(workflowId(service), runId);
  const status = (deploymentId?: string) => answered(env, () => handle().query(statusQuery, ...(deploymentId ? [{ deploymentId }] : [])));
  const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
  // The server skips no time while an activity runs, so that is awaited first; one that waits for its next attempt is not.
  const isAtWork = async (): Promise<boolean> => {
    const { raw } = await handle().describe();
    return (raw.pendingActivities ?? []).some(({ attempt }) => (attempt ?? 1) <= 1) || raw.pendingWorkflowTask != null;
  };
  const wait = async (wanted: (status: StatusDocument) => boolean, between: () => Promise<unknown>) => {
    const giveUp = performance.now() + PATIENCE_MS;
    while (performance.now() < giveUp) {
      const now = await status();
      if (now && wanted(now)) return now;
      await between();
    }
    throw new Error(`it never came to that; the last status: ${JSON.stringify(await status())}`);
  };
  const skipWhenIdle = async (step: Duration): Promise<void> => {
    await pause();
    if (env.supportsTimeSkipping && !(await isAtWork())) await skipped(env, step);
  };
  return {
    service,
    plan: (version, changes) => ({ ...planFor(version, changes), service }),
    submit: (plan, requestId = randomUUID()) =>
      sentAgain(() =>
        client.executeUpdateWithStart(submitUpdate, {
          args: [{ requestId, plan, by: 'ci' }],
          updateId: requestId,
          startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOW_TYPE, {
            workflowId: workflowId(service),
            workflowIdConflictPolicy: 'USE_EXISTING',
            taskQueue,
            args: [{ service }],
          }),
        }),
      ),
    decide: (name, payload = {}, updateId = randomUUID()) =>
      handle().executeUpdate<Decided, [Decision]>(name, { args: [{ by: 'ada', ...payload }], updateId }),
    signal: (name, payload = {}) => handle().signal(name, { by: 'ada', ...payload }),
    forget: () => handle().executeUpdate(forgetUpdate, { args: [{ by: 'ada' }] }),
    status,
    history: () => answered(env, () => handle().query(historyQuery)),
    handle,
    until: (wanted, step = '10s') => wait(wanted, () => skipWhenIdle(step)),
    soon: (wanted) => wait(wanted, pause),
    skip: (duration) => skipped(env, duration),
  };
}

/** A query that meets a run as it continues as new is never answered by the test server: asked again, it goes to the new run. */
function answered<T>(env: TestWorkflowEnvironment, query: () => Promise<T>, attempts = 5): Promise<T> {
  return env.client.connection.withDeadline(Date.now() + ANSWER_MS, query).catch((error) => {
    if (attempts <= 1 || !isGrpcDeadlineError(error)) throw error;
    return answered(env, query, attempts - 1);
  });
}

/** Rejects where the server cannot skip: an activity is held, or was running when its run ended. */
async function skipped(env: TestWorkflowEnvironment, duration: Duration): Promise<void> {
  const stuck = new AbortController();
  const complaint = timer(PATIENCE_MS, undefined, { signal: stuck.signal }).then(() => {
    throw new Error(`the server skips no time: an activity is held, or was running when its run ended (${duration})`);
  });
  await Promise.race([env.sleep(duration), complaint]).finally(() => stuck.abort());
}

/** As every client does: an update that met a run while that handed over is sent again, with the same id. */
async function sentAgain<T>(send: () => Promise<T>, attempts = 5): Promise<T> {
  return send().catch((error: Error) => {
    if (attempts <= 1 || !error.message.includes('unexpected workflow task failure')) throw error;
    return sentAgain(send, attempts - 1);
  });
}

/** How a call was refused: the type of the failure and its message. */
export async function refusalOf(call: Promise<unknown>): Promise<{ type: string; message: string }> {
  const answer = await call.then(
    (value) => ({ unexpected: value }),
    (error: { cause?: { type?: string; message?: string } }) => error,
  );
  if (!('cause' in answer) || !answer.cause?.type) throw new Error(`it was not refused: ${JSON.stringify(answer)}`);
  return { type: answer.cause.type, message: answer.cause.message ?? '' };
}
