import type { V1Deployment, V1Pod, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { holding, ownMinimum, releasing } from '../../src/providers/kubernetes/deployment/heldMinimum.ts';
import { selects } from '../../src/providers/kubernetes/deployment/inspect/labels.ts';
import { quantity } from '../../src/providers/kubernetes/deployment/inspect/quantity.ts';
import { troubleOf } from '../../src/providers/kubernetes/deployment/podTrouble.ts';
import { selectorText } from '../../src/providers/kubernetes/deployment/replicaSet.ts';
import { rolloutOf } from '../../src/providers/kubernetes/deployment/rollout.ts';

describe('the minimum of an autoscaler', () => {
  const autoscaler = (minReplicas: number, annotations: Record<string, string> = {}): V2HorizontalPodAutoscaler => ({
    metadata: { annotations },
    spec: { minReplicas, maxReplicas: 10, scaleTargetRef: { kind: 'Deployment', name: 'shop-blue' } },
  });
  const held = (was: number, raised: number) => ({
    'cutover.dev/min-replicas': String(was),
    'cutover.dev/raised-min-replicas': String(raised),
  });

  test('is raised to what has to stay, and what it was is kept', () => {
    expect(holding(autoscaler(2), 5)).toEqual({ metadata: { annotations: held(2, 5) }, spec: { minReplicas: 5 } });
  });

  test('is never raised over the maximum', () => {
    expect(holding(autoscaler(2), 50)).toEqual({ metadata: { annotations: held(2, 10) }, spec: { minReplicas: 10 } });
  });

  test('that is enough is left alone', () => {
    expect(holding(autoscaler(5), 5)).toBeNull();
    expect(holding(autoscaler(5, held(2, 5)), 5)).toBeNull();
  });

  test('raised twice, what it was at first is kept', () => {
    expect(holding(autoscaler(5, held(2, 5)), 7)).toEqual({ metadata: { annotations: held(2, 7) }, spec: { minReplicas: 7 } });
    expect(holding(autoscaler(5, held(2, 5)), 3)).toEqual({ metadata: { annotations: held(2, 3) }, spec: { minReplicas: 3 } });
  });

  test('is put back', () => {
    const none = { 'cutover.dev/min-replicas': null, 'cutover.dev/raised-min-replicas': null };
    expect(releasing(autoscaler(5, held(2, 5)))).toEqual({ metadata: { annotations: none }, spec: { minReplicas: 2 } });
    expect(holding(autoscaler(5, held(2, 5)), 1)).toEqual({ metadata: { annotations: none }, spec: { minReplicas: 2 } });
    expect(releasing(autoscaler(5))).toBeNull();
  });

  test('that somebody has set since stays theirs', () => {
    expect(ownMinimum(autoscaler(4, held(2, 5)))).toBe(4);
    expect(releasing(autoscaler(4, held(2, 5)))).not.toHaveProperty('spec');
    expect(holding(autoscaler(4, held(2, 5)), 6)).toEqual({ metadata: { annotations: held(4, 6) }, spec: { minReplicas: 6 } });
  });
});

describe('a rollout', () => {
  const deployment = (status: V1Deployment['status'], spec: object = {}): V1Deployment =>
    ({ metadata: { generation: 2 }, spec: { replicas: 2, ...spec }, status: { observedGeneration: 2, ...status } }) as V1Deployment;
  const all = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

  test('is done when all pods are of the newest template and available', () => {
    expect(rolloutOf(deployment(all), 2)).toMatchObject({ state: 'done' });
  });

  test.each([
    ['the controller has not seen it', { ...all, observedGeneration: 1 }, /has not seen the change/],
    ['old pods are there', { ...all, replicas: 3, readyReplicas: 3 }, /^2 of 2 pods ready, 1 of an older template/],
    ['too few are ready', { ...all, readyReplicas: 1, availableReplicas: 1 }, /^1 of 2 pods ready$/],
    ['none was made', { observedGeneration: 2 }, /^0 of 2 pods ready$/],
    ['they have not been ready for long enough', { ...all, availableReplicas: 0 }, /^2 of 2 pods ready, 0 were ready for minReadySeconds/],
  ])('is not done while %s', (_, status, waits) => {
    expect(rolloutOf(deployment(status), 2)).toEqual({ state: 'under-way', waits: expect.stringMatching(waits) });
  });

  test('is not done where somebody has set fewer replicas', () => {
    const waits = expect.stringContaining('somebody has set its replicas below 3');
    expect(rolloutOf(deployment(all), 3)).toEqual({ state: 'under-way', waits });
  });

  const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' };

  test('has failed when the controller gives up', () => {
    expect(rolloutOf(deployment({ conditions: [late] }), 2)).toEqual({ state: 'failed', reason: 'ProgressDeadlineExceeded: timed out' });
  });

  test('is not judged by what became of the one before', () => {
    expect(rolloutOf(deployment({ observedGeneration: 1, conditions: [late] }), 2)).toMatchObject({ state: 'under-way' });
  });
});

describe('a pod', () => {
  const pod = (status: V1Pod['status'], spec = {}): V1Pod => ({ metadata: { name: 'shop-1' }, spec, status }) as V1Pod;
  const unready = { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [web]' };
  const container = (more: object) => ({ name: 'web', image: '', imageID: '', ready: false, restartCount: 0, ...more });

  test('that is ready, or on its way out, has no trouble', () => {
    expect(troubleOf(pod({ conditions: [{ type: 'Ready', status: 'True' }] }))).toBeNull();
    expect(troubleOf({ ...pod({}), metadata: { name: 'shop-1', deletionTimestamp: new Date() } })).toBeNull();
  });

  test('that waits to be restarted: the log is that of the run before', () => {
    const lastState = { terminated: { exitCode: 1, reason: 'Error' } };
    const containerStatuses = [
      container({ restartCount: 2, lastState, state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } } }),
    ];
    expect(troubleOf(pod({ conditions: [unready], containerStatuses }))).toEqual({
      pod: 'shop-1',
      reason: 'container web: CrashLoopBackOff: back-off, the last run ended with exit code 1',
      log: { container: 'web', previous: true },
      askEvents: false,
    });
  });

  test('that has just crashed: the log is that of this run', () => {
    const containerStatuses = [container({ state: { terminated: { exitCode: 3, reason: 'Error' } } })];
    expect(troubleOf(pod({ conditions: [unready], containerStatuses }))).toMatchObject({
      log: { container: 'web', previous: false },
      askEvents: false,
    });
  });

  test('whose init container fails is told of that', () => {
    const failed = container({ name: 'migrate', state: { terminated: { exitCode: 4, reason: 'Error' } } });
    const waiting = container({ state: { waiting: { reason: 'PodInitializing' } } });
    const status = { conditions: [unready], initContainerStatuses: [failed], containerStatuses: [waiting] };
    expect(troubleOf(pod(status))).toMatchObject({
      reason: 'container migrate ended with exit code 4',
      log: { container: 'migrate', previous: false },
    });
  });

  test('that is being started may be told of in its events: a volume that cannot be mounted', () => {
    const containerStatuses = [container({ state: { waiting: { reason: 'ContainerCreating' } } })];
    expect(troubleOf(pod({ conditions: [unready], containerStatuses }))).toMatchObject({ askEvents: true });
  });

  test('whose containers are ready waits for its readiness gate', () => {
    const conditions = [
      { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: 'the status of pod readiness gate is not "True"' },
    ];
    const containerStatuses = [container({ ready: true, state: { running: {} } })];
    const readinessGates = [{ conditionType: 'target-health.elbv2.k8s.aws/shop' }];
    expect(troubleOf(pod({ conditions, containerStatuses }, { readinessGates }))!.reason).toContain(
      'it waits for its readiness gate target-health.elbv2.k8s.aws/shop',
    );
  });
});

test.each([
  ['500m', 0.5],
  ['2', 2],
  ['1.5Gi', 1.5 * 1024 ** 3],
  ['128M', 128e6],
  ['2e3', 2000],
  ['1Ei', 1024 ** 6],
  ['3E', 3e18],
  ['many', Number.NaN],
])('the quantity %s is read as Kubernetes means it', (text, value) => {
  expect(quantity(text)).toBe(value);
});

test('selectors with expressions are asked for, and match, as Kubernetes means them', () => {
  const selector = {
    matchLabels: { app: 'shop' },
    matchExpressions: [
      { key: 'color', operator: 'In', values: ['blue', 'teal'] },
      { key: 'tier', operator: 'NotIn', values: ['test'] },
      { key: 'pod-of', operator: 'Exists' },
      { key: 'job', operator: 'DoesNotExist' },
    ],
  };
  expect(selectorText(selector)).toBe('app=shop,color in (blue,teal),tier notin (test),pod-of,!job');
  expect(selects(selector, { app: 'shop', color: 'teal', 'pod-of': 'x' })).toBe(true);
  for (const odd of [{ app: 'other' }, { color: 'green' }, { tier: 'test' }, { job: '1' }])
    expect(selects(selector, { app: 'shop', color: 'blue', 'pod-of': 'x', ...odd })).toBe(false);
});
