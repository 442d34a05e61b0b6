/** Why pods do not become ready, in the cluster's own words: a line for who waits, and all of it for who has waited in vain. */
import type { CoreV1Event, V1Deployment } from '@kubernetes/client-node';
import { Failure } from '../../../core/failure.ts';
import { indented, lastLines } from '../../processes/outputLines.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { type Place, qualified } from './place.ts';
import { type Trouble, troubleOf } from './podTrouble.ts';
import { currentReplicaSet, ownPods } from './replicaSet.ts';
import { creationFailure } from './rollout.ts';

const LOG_LINES = 20;
const LOG_CHARACTERS = 4_096;
/** `limitBytes` cuts off the end of what `tailLines` would give: so much is read, and its end is kept. */
const LOG_BYTES = 256 * 1_024;
const REASONS = 3;

/** One line; null where nothing is wrong that can be seen. What cannot be read is left out. */
export async function briefly(call: Call, place: Place, deployment: V1Deployment): Promise<string | null> {
  const failure = creationFailure(deployment);
  if (failure !== null) return failure;
  const [trouble] = (await orSaid(troublesOf(call, place, deployment), [])).value;
  if (!trouble) return null;
  return trouble.askEvents ? withEvent(trouble, (await orSaid(eventsOf(call, place, trouble.pod), [])).value) : trouble.reason;
}

/** The end of an error message. What cannot be found out is said instead: it must not hide the error itself. */
export async function explain(call: Call, place: Place, deployment: V1Deployment): Promise<string> {
  const failure = creationFailure(deployment);
  const { value: troubles, lack } = await orSaid(troublesOf(call, place, deployment), []);
  const lines = await Promise.all(byReason(troubles).map((alike) => details(call, place, alike)));
  const said = [...(failure === null ? [] : [failure]), ...lines, ...(lack === null ? [] : [`Its pods are not known: ${lack}`])];
  return said.length > 0 ? said.join('\n') : 'Nothing in the status of its pods says why.';
}

async function troublesOf(call: Call, place: Place, deployment: V1Deployment): Promise<Trouble[]> {
  const set = await currentReplicaSet(call, place, deployment);
  const pods = set ? await ownPods(call, place, deployment, [set]) : [];
  const troubles = pods.flatMap((pod) => troubleOf(pod) ?? []);
  // What the status tells for certain comes first.
  return troubles.sort((a, b) => Number(a.askEvents) - Number(b.askEvents));
}

/** Many pods fail for one reason: it is said once. */
function byReason(troubles: Trouble[]): Trouble[][] {
  const alike = new Map<string, Trouble[]>();
  for (const trouble of troubles) {
    const key = trouble.reason.replaceAll(trouble.pod, '*');
    alike.set(key, [...(alike.get(key) ?? []), trouble]);
  }
  return [...alike.values()].slice(0, REASONS);
}

async function details(call: Call, place: Place, [trouble, ...others]: Trouble[]): Promise<string> {
  const [events, log] = await Promise.all([
    trouble!.askEvents ? orSaid(eventsOf(call, place, trouble!.pod), []) : { value: [], lack: null },
    trouble!.log ? orSaid(logOf(call, place, trouble!.pod, trouble!.log), []) : null,
  ]);
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return [
    `pod ${trouble!.pod}${more}: ${withEvent(trouble!, events.value)}`,
    ...(events.lack === null ? [] : [indented([`its events are not known: ${events.lack}`])]),
    ...(log === null ? [] : [indented(ofLog(log))]),
  ].join('\n');
}

function ofLog({ value, lack }: { value: string[]; lack: string | null }): string[] {
  if (lack !== null) return [`its log is not known: ${lack}`];
  return value.length > 0 ? ['the last lines of its log:', ...value.map((line) => `  ${line}`)] : ['its log is empty'];
}

const withEvent = ({ reason }: Trouble, events: CoreV1Event[]): string => {
  const newest = [...events].sort((a, b) => timeOf(b) - timeOf(a))[0];
  return newest ? `${reason}: ${newest.reason}: ${(newest.message ?? '').replace(/\s+/g, ' ').trim().slice(0, 600)}` : reason;
};

async function eventsOf(call: Call, place: Place, pod: string): Promise<CoreV1Event[]> {
  const api = place.api();
  const { namespace } = api;
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod},type=Warning`;
  const { items } = await ask(call, { verb: 'list', resource: 'events', name: namespace }, (options) =>
    api.core.listNamespacedEvent({ namespace, fieldSelector }, options),
  );
  return items;
}

async function logOf(call: Call, place: Place, name: string, { container, previous }: NonNullable<Trouble['log']>): Promise<string[]> {
  const api = place.api();
  const { namespace } = api;
  const asked = { name, namespace, container, previous, tailLines: LOG_LINES, limitBytes: LOG_BYTES };
  const text = await ask(call, { verb: 'get', resource: 'pods/log', name: qualified(api, name) }, (options) =>
    api.core.readNamespacedPodLog(asked, options),
  );
  return lastLines((text ?? '').slice(-LOG_CHARACTERS), LOG_LINES);
}

/** What was read; or what keeps it from being read, which is not worth more than what is known. */
async function orSaid<T>(reading: Promise<T>, otherwise: T): Promise<{ value: T; lack: string | null }> {
  try {
    return { value: await reading, lack: null };
  } catch (error) {
    if (error instanceof Failure) return { value: otherwise, lack: error.message };
    throw error;
  }
}

const timeOf = ({ lastTimestamp, eventTime, firstTimestamp, metadata }: CoreV1Event): number =>
  new Date(lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp ?? 0).getTime();
