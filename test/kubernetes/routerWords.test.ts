/** What is read off objects of Kubernetes, for states that no simulated kubelet brings about. */
import type { V1ContainerStatus, V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { writtenBy } from '../../src/providers/kubernetes/fieldWriter.ts';
import { isReady, whyNotReady } from '../../src/providers/kubernetes/podHealth.ts';

const container = (state: V1ContainerStatus['state'], lastState?: V1ContainerStatus['lastState']): V1ContainerStatus =>
  ({
    name: 'web',
    image: 'shop:2',
    imageID: '',
    ready: false,
    restartCount: 0,
    state,
    ...(lastState && { lastState }),
  }) as V1ContainerStatus;
const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
const pod = (status: V1PodStatus, metadata: V1Pod['metadata'] = {}): V1Pod => ({ metadata, status });

describe('a pod', () => {
  test('is ready by its condition, and not while it terminates', () => {
    expect(isReady(pod(READY))).toBe(true);
    expect(isReady(pod(READY, { deletionTimestamp: new Date() }))).toBe(false);
    expect(isReady(pod({}))).toBe(false);
  });

  test.each<[string, V1PodStatus, string]>([
    ['nothing is known of', {}, 'is Pending'],
    [
      'is not scheduled',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available' }] },
      'Unschedulable: 0/2 nodes are available',
    ],
    ['is evicted', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' }, 'Evicted: The node was low on memory.'],
    [
      'fails in an init container',
      { initContainerStatuses: [container({ terminated: { exitCode: 3, reason: 'Error' } })] },
      'container web ended with exit code 3',
    ],
    [
      'ran out of memory',
      {
        containerStatuses: [
          container(
            { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
            { terminated: { exitCode: 137, reason: 'OOMKilled' } },
          ),
        ],
      },
      'container web: CrashLoopBackOff: back-off 10s, the last run ended with exit code 137 (OOMKilled)',
    ],
    [
      'is being created',
      {
        phase: 'Pending',
        containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })],
        conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [web]' }],
      },
      'ContainersNotReady: containers with unready status: [web]',
    ],
    [
      'waits for a readiness gate',
      {
        phase: 'Running',
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'ReadinessGatesNotReady',
            message: 'corresponding condition of pod readiness gate "mesh" does not exist.',
          },
        ],
      },
      'ReadinessGatesNotReady: corresponding condition of pod readiness gate "mesh" does not exist.',
    ],
  ])('that %s says so', (_, status, words) => {
    expect(whyNotReady(pod(status))).toBe(words);
  });
});

describe('who wrote a field', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 21, hour));
  const path = ['spec', 'selector', 'color'];

  test('is the newest of those who own it, or all that it is in', () => {
    const entries = [
      { manager: 'kubectl', time: at(1), fieldsV1: { 'f:spec': { 'f:selector': {} } } },
      { manager: 'argocd-controller', time: at(3), fieldsV1: { 'f:spec': { 'f:selector': { '.': {}, 'f:color': {} } } } },
      { manager: 'other', time: at(4), fieldsV1: { 'f:spec': { 'f:ports': {} } } },
      { manager: 'neighbour', time: at(5), fieldsV1: { 'f:spec': { 'f:selector': { 'f:app': {} } } } },
    ];
    expect(writtenBy(entries, path)).toBe(' (written by argocd-controller at 2026-11-21T03:00:00.000Z)');
    expect(writtenBy(entries.slice(0, 1), path)).toBe(' (written by kubectl at 2026-11-21T01:00:00.000Z)');
  });

  test('is not said where nobody is known', () => {
    expect(writtenBy(undefined, path)).toBe('');
    expect(writtenBy([{ manager: 'other', fieldsV1: { 'f:metadata': {} } }], path)).toBe('');
  });
});
