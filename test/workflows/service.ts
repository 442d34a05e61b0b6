/** Runs the real workflow with a simulated world, and talks to it as a client does. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import {
  type Decided,
  type DecisionName,
  type Plan,
  type StatusDocument,
  type Submitted,
  statusQuery,
  submitUpdate,
  WORKFLOW_TYPE,
  workflowId,
} from '../../src/contract.ts';
import { uniqueTaskQueue } from '../support/temporal.ts';
import { planFor, simulatedActivities, type World } from './simulated.ts';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;
export const workflowBundle = (): Promise<WorkflowBundleWithSourceMap> => {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error },
  });
  return bundle;
};

export interface RunningService {
  service: string;
  plan(version: string, changes?: Partial<Plan>): Plan;
  submit(plan: Plan, requestId?: string): Promise<Submitted>;
  decide(name: DecisionName, payload?: object): Promise<Decided>;
  signal(name: DecisionName, payload?: object): Promise<void>;
  status(deploymentId?: string): Promise<StatusDocument | null>;
  /** Waits in the workflow's own time until the status is as wanted; skips at most `limit` (hours of it take no time). */
  until(wanted: (status: StatusDocument) => boolean, step?: string, limit?: number): Promise<StatusDocument>;
  handle(): WorkflowHandle;
}

/** Gives `use` a service of its own, with a worker that ends with it. */
export async function withService(
  env: TestWorkflowEnvironment,
  world: World,
  use: (service: RunningService) => Promise<void>,
): Promise<void> {
  const taskQueue = uniqueTaskQueue();
  const service = `shop-${randomUUID().slice(0, 8)}`;
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities: simulatedActivities(world),
  });
  const handle = () => env.client.workflow.getHandle(workflowId(service));
  const status = (deploymentId?: string) => handle().query(statusQuery, ...(deploymentId ? [{ deploymentId }] : []));
  const running: RunningService = {
    service,
    plan: (version, changes) => ({ ...planFor(version, changes), service }),
    submit: (plan, requestId = randomUUID()) =>
      env.client.workflow.executeUpdateWithStart(submitUpdate, {
        args: [{ requestId, plan, by: 'ci' }],
        updateId: requestId,
        startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOW_TYPE, {
          workflowId: workflowId(service),
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue,
          args: [{ service }],
        }),
      }),
    decide: (name, payload = {}) => handle().executeUpdate(name, { args: [{ by: 'ada', ...payload }] }) as Promise<Decided>,
    signal: (name, payload = {}) => handle().signal(name, { by: 'ada', ...payload }),
    status,
    handle,
    until: async (wanted, step = '10s', limit = 200) => {
      for (let tries = 0; tries < limit; tries++) {
        const now = await status();
        if (now && wanted(now)) return now;
        // Real work first: what the worker is at takes a few milliseconds of real time.
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (tries > 5) await env.sleep(step);
      }
      throw new Error(`it never came to that; the last status: ${JSON.stringify(await status(), null, 1)}`);
    },
  };
  await worker.runUntil(async () => {
    try {
      await use(running);
    } finally {
      await handle()
        .terminate('the test is over')
        .catch(() => undefined);
    }
  });
}
