import type { CheckStatus, StatusDocument } from '../contract.ts';
import { workflowId } from '../contract.ts';
import type { Sample } from '../core/gate.ts';
import { liveColor } from '../core/routing.ts';
import { type Link, within } from './connection.ts';
import { status } from './query.ts';

const VALUES_KEPT = 60;
const DESCRIBE_TIMEOUT_MS = 2_000;

/** Steps that wait for something that their activity looks at: what it waits for stands in its heartbeat. */
const WAITING = /^(drain|await|spread)-?|^(deploy|revive|scale-up|scale-new|make-whole)$/;

/** What is over in a moment needs no words for what it waits for. */
const SOME_WHILE_MS = 1_000;

/**
 * The status with what the worker knows but has not handed in yet, from the heartbeat of the activity under way: the samples of a
 * batch (a long window is watched in batches), or what a step waits for. Costs a second request while something is under way.
 */
export async function statusNow(link: Link, service: string, deploymentId?: string, timeoutMs?: number): Promise<StatusDocument | null> {
  const document = await status(link, service, deploymentId, timeoutMs);
  if (document === null) return null;
  const step = document.steps.find(({ state }) => state === 'running');
  if (step === undefined || Date.now() - Date.parse(step.startedAt) < SOME_WHILE_MS) return document;
  const running = step.name;
  if (document.phase === 'monitoring' && document.monitor !== null)
    return withSamples(document, (await heartbeat(link, service, ['sample'])).samples ?? []);
  if (!WAITING.test(running)) return document;
  const { waits } = await heartbeat(link, service, ['drain', 'awaitReady', 'spread', 'deploy', 'scale']);
  return withDetail(document, waits);
}

interface Heartbeat {
  samples?: Sample[];
  /** In words. */
  waits?: string;
}

/** Empty where it cannot be read (an encrypting codec, say). */
async function heartbeat(link: Link, service: string, activities: string[]): Promise<Heartbeat> {
  try {
    const { raw } = await within(link, DESCRIBE_TIMEOUT_MS, () => link.workflows.getHandle(workflowId(service)).describe());
    const pending = raw.pendingActivities?.find(({ activityType }) => activities.includes(activityType?.name ?? ''));
    const data = pending?.heartbeatDetails?.payloads?.[0]?.data;
    return data ? ((JSON.parse(new TextDecoder().decode(data)) as Heartbeat | null) ?? {}) : {};
  } catch {
    return {};
  }
}

/** As it is, where nothing is known (undefined). */
const withDetail = (document: StatusDocument, detail: string | null | undefined): StatusDocument => ({
  ...document,
  steps: document.steps.map((step) => (step.state === 'running' && detail !== undefined ? { ...step, detail } : step)),
});

function withSamples(document: StatusDocument, samples: Sample[]): StatusDocument {
  const { monitor } = document;
  if (monitor === null || samples.length === 0) return document;
  const checks = monitor.checks.map((check) => samples.reduce(counted, check));
  const routing = samples.findLast((sample) => sample.routing !== null)?.routing;
  const live = routing ? liveColor(routing) : document.liveColor;
  const copies = samples.findLast(({ ready }) => ready !== null);
  return { ...withDetail(document, copies?.detail), liveColor: live, monitor: { ...monitor, checks } };
}

function counted(check: CheckStatus, sample: Sample): CheckStatus {
  const reading = sample.checks.find(({ name }) => name === check.name);
  if (reading === undefined) return check;
  const { value, detail } = reading;
  const out = value !== null && ((check.max !== undefined && value > check.max) || (check.min !== undefined && value < check.min));
  return {
    ...check,
    value,
    detail,
    samples: check.samples + (value === null ? 0 : 1),
    noData: check.noData + (value === null ? 1 : 0),
    failures: check.failures + (out ? 1 : 0),
    values: [...check.values, value].slice(-VALUES_KEPT),
  };
}
