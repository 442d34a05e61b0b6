import type { CheckStatus, StatusDocument } from '../contract.ts';
import { workflowId } from '../contract.ts';
import type { Sample } from '../core/gate.ts';
import { liveColor } from '../core/routing.ts';
import { type Link, within } from './connection.ts';
import { status } from './query.ts';

const VALUES_KEPT = 60;
const DESCRIBE_TIMEOUT_MS = 2_000;

/**
 * The status with the samples that the worker has taken but not handed in yet: a long window is watched in batches, and
 * what a batch has found so far stands in its heartbeat. Costs a second request while a window is open.
 */
export async function statusNow(link: Link, service: string, deploymentId?: string, timeoutMs?: number): Promise<StatusDocument | null> {
  const document = await status(link, service, deploymentId, timeoutMs);
  if (document?.monitor == null || document.phase !== 'monitoring') return document;
  return withSamples(document, await heartbeat(link, service).catch(() => []));
}

/** The samples in the heartbeat of the batch that is under way; none where it cannot be read (an encrypting codec, say). */
async function heartbeat(link: Link, service: string): Promise<Sample[]> {
  const { raw } = await within(link, DESCRIBE_TIMEOUT_MS, () => link.workflows.getHandle(workflowId(service)).describe());
  const batch = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'sample');
  const data = batch?.heartbeatDetails?.payloads?.[0]?.data;
  return data ? ((JSON.parse(new TextDecoder().decode(data)) as { samples?: Sample[] } | null)?.samples ?? []) : [];
}

function withSamples(document: StatusDocument, samples: Sample[]): StatusDocument {
  const { monitor } = document;
  if (monitor === null || samples.length === 0) return document;
  const checks = monitor.checks.map((check) => samples.reduce(counted, check));
  const routing = samples.findLast((sample) => sample.routing !== null)?.routing;
  const live = routing ? liveColor(routing) : document.liveColor;
  return { ...document, liveColor: live, monitor: { ...monitor, checks } };
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
