/**
 * Every timeout and every retry, with the reason for each.
 *
 * No `scheduleToCloseTimeout`: it runs on while no worker is there, and a deployment must outlive that. What bounds a
 * step is the number of its attempts, each with its own `startToCloseTimeout`; waiting for a worker costs none.
 */
import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import { FINAL_FAILURES } from '../core/failure.ts';
import type { Plan } from '../core/plan.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const retry = (maximumAttempts: number, maximumInterval: number) => ({
  initialInterval: 500,
  backoffCoefficient: 2,
  maximumInterval,
  maximumAttempts,
  nonRetryableErrorTypes: [...FINAL_FAILURES],
});

/** Temporal's way to say "without end". */
const FOR_EVER = Number.POSITIVE_INFINITY;

/** A read changes nothing: whoever decides otherwise does not wait for it. */
const READ = { cancellationType: ActivityCancellationType.TRY_CANCEL, heartbeatTimeout: 10 * SECOND } satisfies ActivityOptions;
/** A write is awaited, also when it is not wanted any more: otherwise its undoing could run before it. */
const WRITE = {
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  heartbeatTimeout: 5 * SECOND,
} satisfies ActivityOptions;

/** Reading the world before anything is changed: half a minute of patience, then the deployment fails and says why. */
export const reading = (plan: Plan): ActivityOptions => ({
  ...READ,
  startToCloseTimeout: plan.router.switchTimeoutMs,
  retry: retry(8, 10 * SECOND),
});

/** Finding out whether a write happened: nothing can go on without it, so never give up. */
export const readingBack = (plan: Plan): ActivityOptions => ({
  ...READ,
  startToCloseTimeout: plan.router.switchTimeoutMs,
  retry: retry(FOR_EVER, 5 * SECOND),
});

/** Waits at most the drain time in one attempt; a lost worker must not shorten the drain, so never give up. */
export const draining = (plan: Plan): ActivityOptions => ({
  ...READ,
  startToCloseTimeout: plan.switch.drainMs + 5 * MINUTE,
  retry: retry(FOR_EVER, 5 * SECOND),
});

/** The router's own health checks decide; the activity gives up by itself, attempts are for lost workers. */
export const awaitingReady = (plan: Plan): ActivityOptions => ({
  ...READ,
  startToCloseTimeout: (plan.router.healthTimeoutMs ?? 0) + 2 * MINUTE,
  retry: retry(FOR_EVER, 5 * SECOND),
});

/** Waits for the system, then for the TTL; users are served meanwhile. A lost worker must not shorten it, so never give up. */
export const spreading = (plan: Plan): ActivityOptions => ({
  ...READ,
  startToCloseTimeout: (plan.router.spreadMs ?? 0) + 15 * MINUTE,
  retry: retry(FOR_EVER, 5 * SECOND),
});

/** The provider says how long bringing up may take. Few attempts: a program that does not start is a final failure anyway. */
export const deploying = (plan: Plan): ActivityOptions => ({
  ...WRITE,
  startToCloseTimeout: plan.environment.deployTimeoutMs + 30 * SECOND,
  retry: retry(8, 10 * SECOND),
});

/** Every test has its own time limit and retries; a failed test is a result. Attempts are for lost workers. */
export const testing = (plan: Plan): ActivityOptions => ({
  ...READ,
  startToCloseTimeout: Math.max(0, ...plan.smokeTests.map(({ timeoutMs, retries }) => (timeoutMs + SECOND) * (retries + 1))) + MINUTE,
  retry: retry(8, 5 * SECOND),
});

export const warmingUp: ActivityOptions = { ...READ, startToCloseTimeout: 15 * MINUTE, retry: retry(8, 5 * SECOND) };

/** The switch: short, because a rollback waits for it. What its failure means is read back. */
export const switching = (plan: Plan): ActivityOptions => ({
  ...WRITE,
  startToCloseTimeout: plan.router.switchTimeoutMs,
  retry: retry(8, 5 * SECOND),
});

/** The way back never gives up, and tries often: users are waiting. */
export const switchingBack = (plan: Plan): ActivityOptions => ({ ...switching(plan), retry: retry(FOR_EVER, 2 * SECOND) });

export const confirming = (plan: Plan): ActivityOptions => ({
  ...READ,
  startToCloseTimeout: (plan.switch.confirm?.timeoutMs ?? 0) + 30 * SECOND,
  retry: retry(8, 2 * SECOND),
});

/** One batch of samples. A source that does not answer is a sample without data, so attempts are for lost workers: no limit. */
export const sampling = (plan: Plan, count: number): ActivityOptions => ({
  ...READ,
  heartbeatTimeout: 6 * SECOND,
  startToCloseTimeout: (count + 1) * plan.monitor.intervalMs + 2 * MINUTE,
  retry: retry(FOR_EVER, 5 * SECOND),
});

/** Making a color smaller, whole again, or taking it away: the outcome stands already, so patience of some minutes, then it is said. */
export const cleaningUp = (plan: Plan): ActivityOptions => ({
  ...WRITE,
  startToCloseTimeout: plan.environment.deployTimeoutMs + 5 * MINUTE,
  retry: retry(20, 15 * SECOND),
});

/** A notification never decides anything: few tries. */
export const notifying: ActivityOptions = {
  ...READ,
  startToCloseTimeout: 15 * SECOND,
  retry: { initialInterval: SECOND, maximumAttempts: 3, nonRetryableErrorTypes: [...FINAL_FAILURES] },
};

/** When the way back takes longer than this, people are told; it goes on trying. */
export const WAY_BACK_ALERT_MS = 30 * SECOND;

/** How long the next deployment waits for notifications that are under way; the rest is sent by its run. */
export const NOTIFY_GRACE_MS = 2 * SECOND;
