import type { Deployment } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { rolloutOf, runningCount } from '../../src/providers/aws/ecs/rollout.ts';
import type { EcsService } from '../../src/providers/aws/ecs/service.ts';

const NEW = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:2';
const OLD = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1';
const registeredAt = new Date('2026-01-01T12:00:00Z');
const revision = { definition: { taskDefinitionArn: NEW, registeredAt }, tags: [] };

/** As AWS answers: the service counts the tasks of all its deployments. */
function serviceWith(deployments: Deployment[], fields: Partial<EcsService> = {}): EcsService {
  const runningCount = deployments.reduce((sum, deployment) => sum + (deployment.runningCount ?? 0), 0);
  const names = { serviceArn: 'arn', serviceName: 'shop', clusterArn: 'arn' };
  return { ...names, taskDefinition: NEW, desiredCount: 2, runningCount, deployments, ...fields };
}

const primary = (fields: Deployment = {}): Deployment => ({
  status: 'PRIMARY',
  taskDefinition: NEW,
  rolloutState: 'COMPLETED',
  desiredCount: 2,
  runningCount: 2,
  createdAt: new Date(registeredAt.getTime() + 1_000),
  ...fields,
});
const leaving = (running: number): Deployment => ({ status: 'ACTIVE', taskDefinition: OLD, desiredCount: 0, runningCount: running });
const later = new Date(registeredAt.getTime() + 60_000);

describe('a rolling update of ECS', () => {
  test('is steady when ECS says that it is complete, and not before: running tasks may still fail the checks of the load balancer', () => {
    expect(rolloutOf(serviceWith([primary()]), revision, 2)).toEqual({ state: 'steady' });
    expect(rolloutOf(serviceWith([primary({ rolloutState: 'IN_PROGRESS' })]), revision, 2)).toEqual({ state: 'under-way' });
  });

  test('is not steady while tasks of the version before run: they would answer, too', () => {
    expect(rolloutOf(serviceWith([primary(), leaving(1)]), revision, 2)).toEqual({ state: 'under-way' });
    expect(rolloutOf(serviceWith([primary(), leaving(0)]), revision, 2)).toEqual({ state: 'steady' });
  });

  test('is not steady with fewer tasks than were asked for, or than the service is scaled out to', () => {
    expect(rolloutOf(serviceWith([primary({ runningCount: 1 })]), revision, 2)).toEqual({ state: 'under-way' });
    expect(rolloutOf(serviceWith([primary()], { desiredCount: 3 }), revision, 2)).toEqual({ state: 'under-way' });
    expect(rolloutOf(serviceWith([primary({ runningCount: 0 })], { desiredCount: 0 }), revision, 2)).toEqual({ state: 'under-way' });
  });

  test('behind a Classic Load Balancer has no rollout state: the counts have to do', () => {
    expect(rolloutOf(serviceWith([primary({ rolloutState: undefined })]), revision, 2)).toEqual({ state: 'steady' });
  });

  test('has failed when the circuit breaker says so, also when another deployment is the primary one again', () => {
    const failed: Deployment = {
      status: 'ACTIVE',
      taskDefinition: NEW,
      rolloutState: 'FAILED',
      rolloutStateReason: 'tasks failed to start',
    };
    const back = primary({ taskDefinition: OLD });
    expect(rolloutOf(serviceWith([back, failed], { taskDefinition: OLD }), revision, 2)).toEqual({
      state: 'failed',
      reason: 'tasks failed to start',
    });
  });

  test('that was rolled back is not taken for steady, however the answer puts it', () => {
    const message = '(service shop) rolling back to deployment ecs-svc/1.';
    const old = primary({ taskDefinition: OLD, createdAt: new Date(registeredAt.getTime() - 60_000) });
    expect(rolloutOf(serviceWith([old], { events: [{ createdAt: later, message }] }), revision, 2)).toEqual({
      state: 'failed',
      reason: message,
    });
    expect(rolloutOf(serviceWith([primary({ taskDefinition: OLD, createdAt: later })]), revision, 2)).toEqual({ state: 'under-way' });
    expect(rolloutOf(serviceWith([primary({ taskDefinition: OLD })], { taskDefinition: OLD }), revision, 2)).toEqual({ state: 'replaced' });
  });

  test('is not blamed for a rollback before it', () => {
    const events = [
      { createdAt: new Date(registeredAt.getTime() - 1_000), message: '(service shop) rolling back to deployment ecs-svc/0.' },
    ];
    expect(rolloutOf(serviceWith([primary()], { events }), revision, 2)).toEqual({ state: 'steady' });
  });

  test('counts as running what the service is meant to run, not what is on its way out', () => {
    expect(runningCount(serviceWith([primary({ runningCount: 1 }), leaving(2)]))).toBe(1);
  });
});
