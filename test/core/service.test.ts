import { describe, expect, test } from 'vitest';
import { knownRequest } from '../../src/core/service.ts';
import type { Taken } from '../../src/core/state.ts';
import { historyOf, statusById } from '../../src/core/status.ts';
import { Drive } from './drive.ts';
import { HOUR, MINUTE } from './plans.ts';
import { die, drift, emptyWorld, liveWorld } from './world.ts';

const rollback: Taken = { name: 'rollback', to: null, now: false };
const rollbackTo = (to: string): Taken => ({ name: 'rollback', to, now: false });
const rollbackNow: Taken = { name: 'rollback', to: null, now: true };

const deploying = (...setting: ConstructorParameters<typeof Drive>): Drive => {
  const drive = new Drive(...setting);
  drive.submit('v2');
  return drive;
};
const past = (drive: Drive) => historyOf(drive.service).map(({ status }) => `${status.version} ${status.outcome}`);

describe('Deployments of one service', () => {
  test('that reject are refused while one is busy, and told with what', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    expect(drive.submit('v3')).toBe('shop is busy: v2 is monitoring; wait for it, or set concurrency to queue or supersede');
  });

  test('are accepted as soon as the outcome is known, and take over what is retained', () => {
    const drive = deploying(liveWorld(1)).until('retain');
    expect(drive.submit('v3')).toBeNull();
    drive.until('ended', 'v3');
    expect(drive.status).toMatchObject({ version: 'v3', color: 'blue', previousVersion: 'v2', outcome: 'succeeded' });
    expect(past(drive)).toEqual(['v2 succeeded', 'v3 succeeded']);
  });

  test('that queue all wait, in order', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    for (const version of ['v3', 'v4', 'v5']) drive.submit(version, 'queue');
    expect(drive.status.queue.map(({ version }) => version)).toEqual(['v3', 'v4', 'v5']);
    expect(statusById(drive.service, drive.service.queue[1]!.deploymentId)).toMatchObject({ phase: 'queued', version: 'v4' });
    drive.until('ended', 'v5');
    expect(past(drive)).toEqual(['v2 succeeded', 'v3 succeeded', 'v4 succeeded', 'v5 succeeded']);
  });

  test('that supersede end what has not switched, and displace all that wait', () => {
    const drive = deploying(liveWorld(1)).until('test');
    drive.submit('v3', 'queue');
    drive.submit('v4', 'supersede');
    drive.until('ended', 'v4');
    expect(past(drive)).toEqual(['v3 superseded', 'v2 superseded', 'v4 succeeded']);
  });

  test('that supersede wait for what has switched', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.submit('v3', 'supersede');
    drive.submit('v4', 'supersede');
    expect(drive.status).toMatchObject({ version: 'v2', phase: 'monitoring', queue: [{ version: 'v4' }] });
    drive.until('ended', 'v4');
    expect(past(drive)).toEqual(['v3 superseded', 'v2 succeeded', 'v4 succeeded']);
  });

  test('go on after every outcome, and stand still while a person is asked', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.submit('v3', 'queue');
    drive.world = drift(drive.world, 'other');
    drive.work();
    expect(drive.status).toMatchObject({ phase: 'needs-intervention', queue: [{ version: 'v3' }] });
    drive.tell({ name: 'resolve', how: 'restore' });
    drive.until('monitor');
    drive.work('bad');
    drive.until('ended', 'v3');
    expect(past(drive)).toEqual(['v2 rolled-back', 'v3 succeeded']);
  });

  test('with the same request id are one, while it runs and when it is over', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    const id = drive.state.deploymentId;
    expect(knownRequest(drive.service, 'v2')).toEqual({ deploymentId: id, version: 'v2' });
    drive.until('retain');
    drive.submit('v3');
    expect(knownRequest(drive.service, 'v2')).toEqual({ deploymentId: id, version: 'v2' });
    expect(knownRequest(drive.service, 'v9')).toBeNull();
  });

  test('of which the last fifty are remembered', () => {
    const drive = new Drive(emptyWorld, { monitor: { durationMs: 0, intervalMs: MINUTE, checks: [] }, switch: { confirm: null } });
    for (let index = 0; index < 60; index++) {
      drive.submit(`v${index}`);
      drive.until('ended', `v${index}`);
    }
    expect(drive.service.record).toHaveLength(50);
    expect(past(drive).at(-1)).toBe('v59 succeeded');
  });

  test('begin their drains where the one before left them', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.work('bad');
    drive.until('drain-new');
    const back = drive.state.lastSwitchAt;
    drive.submit('v3');
    expect(drive.state).toMatchObject({ version: 'v3', lastSwitchAt: back });
  });

  test('do not wait for the retention of one that was asked about in between', () => {
    const drive = deploying(liveWorld(3)).until('scale-down');
    drive.submit('v3');
    drive.world = drift(drive.world, 'blue');
    drive.work();
    expect(drive.status.phase).toBe('needs-intervention');
    drive.world = drift(drive.world, 'green');
    drive.tell({ name: 'resolve', how: 'retry' });
    drive.work();
    expect(drive.state).toMatchObject({ version: 'v3', step: { name: 'observe' } });
  });
});

describe('A decision', () => {
  test('that is repeated with the same id is one', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.tell({ name: 'extend', ms: MINUTE }, 'ci-1');
    drive.tell({ name: 'extend', ms: MINUTE }, 'ci-1');
    expect(drive.status.decisions).toHaveLength(1);
    drive.tell({ name: 'extend', ms: MINUTE }, 'ci-2');
    expect(drive.status.decisions).toHaveLength(2);
  });

  test('for a service that was never deployed is refused', () => {
    expect(new Drive(emptyWorld).tell({ name: 'promote' })).toBe('shop was never deployed');
  });
});

describe('A rollback', () => {
  test.each(['confirm', 'monitor', 'drain-old', 'retain'] as const)('at %s brings users back within the deployment', (step) => {
    const drive = deploying(liveWorld(1)).until(step);
    expect(drive.tell(rollback)).toBeNull();
    expect(drive.status).toMatchObject({ phase: 'rolling-back', outcome: null });
    drive.until('ended');
    expect(drive.status).toMatchObject({ version: 'v2', color: 'green', previousVersion: 'v1', liveColor: 'blue', outcome: 'rolled-back' });
  });

  test('a second one is refused', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.tell(rollback);
    expect(drive.tell(rollback)).toContain('being rolled back already');
    drive.until('ended');
    expect(drive.tell(rollback)).toContain('was rolled back already');
    expect(drive.status.actions).not.toContain('rollback');
  });

  test('after removal is a deployment of its own, without approval and without a window for the switch', () => {
    const never = { days: ['sun' as const], from: '04:00', to: '04:01', timezone: 'UTC' };
    const drive = deploying(liveWorld(1), {
      switch: { window: never },
      approval: { required: true, timeoutMs: HOUR, onTimeout: 'approve' },
    });
    drive.until('ended');
    expect(drive.world.blue.capacity).toBe(0);
    expect(drive.tell(rollback)).toBeNull();
    expect(drive.status).toMatchObject({ kind: 'rollback', version: 'v1', deploymentId: 'd2', phase: 'deploying' });
    drive.until('ended');
    expect(drive.commands.slice(-12).map((command) => command.do)).toContain('test');
    expect(drive.status).toMatchObject({ outcome: 'succeeded', liveColor: 'blue' });
    expect(drive.world.blue.version).toBe('v1');
  });

  test('of a rollback has to be named', () => {
    const drive = deploying(liveWorld(1)).until('ended');
    drive.tell(rollback);
    drive.until('retain');
    expect(drive.tell(rollback)).toContain('name it with --to v2');
    expect(drive.tell(rollbackTo('v2'))).toBeNull();
    drive.until('ended');
    expect(drive.world).toMatchObject({ routing: 'green', green: { version: 'v2' } });
  });

  test('after a deployment that never switched still means the last switch that users saw', () => {
    const drive = deploying(liveWorld(1)).until('ended');
    drive.submit('v3');
    drive.until('test');
    drive.work('bad');
    drive.until('ended');
    expect(drive.status).toMatchObject({ version: 'v3', outcome: 'failed' });
    drive.tell(rollback);
    expect(drive.status).toMatchObject({ kind: 'rollback', version: 'v1' });
  });

  test('to another version than the one before has to wait until the outcome is known, also when a person is asked', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    expect(drive.tell(rollbackTo('v0'))).toContain('users came from v1');
    drive.world = drift(drive.world, 'other');
    drive.work();
    expect(drive.tell(rollbackTo('v0'))).toContain('users came from v1');
  });

  test('to a version that was retained at a smaller capacity brings it to the capacity of the live one first', () => {
    const drive = deploying(liveWorld(3)).until('retain');
    expect(drive.world.blue.ready).toBe(1);
    drive.tell(rollback);
    drive.work();
    expect(drive.world).toMatchObject({ routing: 'green', blue: { ready: 3 } });
    drive.work();
    expect(drive.world.routing).toBe('blue');
  });

  test('that is wanted now switches at once', () => {
    const drive = deploying(liveWorld(3)).until('retain');
    drive.tell(rollbackNow);
    drive.work();
    expect(drive.world).toMatchObject({ routing: 'blue', blue: { ready: 1 } });
  });

  describe('that was wanted now and did not wait for the capacity', () => {
    const back = (changes?: Parameters<typeof deploying>[1]): Drive => {
      const drive = deploying(liveWorld(3), changes).until('retain');
      drive.tell(rollbackNow);
      return drive.until('make-whole');
    };

    test('leaves users with all the copies that they had', () => {
      const drive = back();
      expect(drive.status).toMatchObject({ phase: 'decommissioning', outcome: 'rolled-back' });
      expect(drive.world).toMatchObject({ routing: 'blue', blue: { ready: 1 }, green: { ready: 3 } });
      drive.until('ended');
      expect(drive.world).toMatchObject({ routing: 'blue', blue: { capacity: 3, ready: 3 }, green: { capacity: 0 } });
    });

    test('gives the next deployment the whole capacity, which waits for it', () => {
      const drive = back();
      expect(drive.submit('v3', 'reject')).toBeNull();
      expect(drive.status).toMatchObject({ version: 'v2', phase: 'decommissioning' });
      drive.until('monitor', 'v3');
      expect(drive.state.from).toMatchObject({ color: 'blue', version: 'v1', capacity: 3 });
      expect(drive.world).toMatchObject({ routing: 'green', green: { version: 'v3', ready: 3 } });
    });

    test('says where it cannot have them, and holds up nothing', () => {
      const drive = back();
      drive.work('fails');
      expect(drive.state.trail.at(-1)).toMatchObject({ what: 'make-whole failed', reason: 'it does not answer' });
      drive.until('ended');
      expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(drive.world.green.capacity).toBe(0);
    });

    test('cannot be stopped half-way: nothing is left to abort, to cancel or to roll back', () => {
      const drive = back();
      expect(drive.tell({ name: 'abort' })).toContain('nothing to abort');
      expect(drive.tell(rollback)).toContain('was rolled back already');
      expect(drive.status.actions).toEqual([]);
      drive.cancel();
      drive.until('ended');
      expect(drive.world.blue.ready).toBe(3);
    });

    test('also where it interrupted the scale-down, which may have happened', () => {
      const drive = deploying(liveWorld(3)).until('scale-down');
      const late = drive.world;
      drive.tell(rollbackNow);
      drive.world = { ...late, blue: { ...late.blue, capacity: 1, ready: 1 } };
      drive.until('ended');
      expect(drive.world).toMatchObject({ routing: 'blue', blue: { ready: 3 } });
    });

    test('also where a person adopts that somebody had moved users there', () => {
      const drive = deploying(liveWorld(3)).until('remove-old');
      drive.world = drift(drive.world, 'blue');
      drive.work();
      drive.tell({ name: 'resolve', how: 'adopt' });
      drive.until('ended');
      expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(drive.world.blue.ready).toBe(3);
    });

    test('takes no such step where nothing was made smaller', () => {
      const drive = deploying(liveWorld(3), { retention: { durationMs: HOUR, capacity: 'keep', then: 'remove' } }).until('retain');
      drive.tell(rollbackNow);
      drive.until('ended');
      expect(drive.status.steps.map(({ name }) => name)).not.toContain('make-whole');
    });

    test('goes by the rules that its plan was made for', () => {
      const drive = deploying(liveWorld(3), { semantics: 1 }).until('retain');
      drive.tell(rollbackNow);
      drive.until('ended');
      expect(drive.state.semantics).toBe(1);
      expect(drive.status.steps.map(({ name }) => name)).not.toContain('make-whole');
    });
  });

  test('after removal goes by the rules of today, whatever plan it comes with', () => {
    const drive = deploying(liveWorld(1), { semantics: 1 }).until('ended');
    const today = { ...drive.service.plan!, semantics: 2 };
    drive.service = { ...drive.service, plan: today };
    expect(drive.tell(rollback)).toBeNull();
    expect(drive.state).toMatchObject({ kind: 'rollback', semantics: 2 });
  });

  test('that is wanted now does not send users to nothing: the old color is brought up again first', () => {
    const drive = deploying(liveWorld(1)).until('retain');
    drive.world = die(drive.world, 'blue');
    drive.tell(rollbackNow);
    drive.work();
    expect(drive.world.routing).toBe('green');
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });

  test('finds the old color at its capacity in doubt after a scale-down that failed', () => {
    const drive = deploying(liveWorld(3)).until('scale-down');
    drive.work('result-lost');
    drive.tell(rollback);
    expect(drive.status.phase).toBe('rolling-back');
    drive.until('ended');
    expect(drive.world).toMatchObject({ routing: 'blue', blue: { ready: 3 } });
  });

  test('goes before the next deployment, which begins when users are back', () => {
    const drive = deploying(liveWorld(3)).until('scale-down');
    drive.submit('v3');
    expect(drive.tell(rollback)).toBeNull();
    expect(drive.status).toMatchObject({ version: 'v2', phase: 'rolling-back', queue: [{ version: 'v3' }] });
    drive.until('ended', 'v3');
    expect(past(drive)).toEqual(['v2 rolled-back', 'v3 succeeded']);
  });
});

describe('A version that is kept for good', () => {
  const keep = { retention: { durationMs: HOUR, capacity: 1, then: 'keep' as const } };

  test('stays up at its retained capacity when the deployment has ended', () => {
    const drive = deploying(liveWorld(3), keep).until('ended');
    expect(drive.status).toMatchObject({ phase: 'ended', outcome: 'succeeded' });
    expect(drive.world.blue).toMatchObject({ version: 'v1', capacity: 1 });
  });

  test('is rolled back to as while it was retained', () => {
    const drive = deploying(liveWorld(3), keep).until('ended');
    expect(drive.status.actions).toEqual(['rollback']);
    drive.tell(rollback);
    expect(drive.status).toMatchObject({ kind: 'deployment', version: 'v2', phase: 'rolling-back', endedAt: null });
    drive.until('ended');
    expect(drive.world).toMatchObject({ routing: 'blue', blue: { ready: 3 } });
  });
});

test('What was rolled back and then adopted by a person is live, and can be rolled back again', () => {
  const drive = deploying(liveWorld(1)).until('monitor');
  drive.work('bad');
  drive.until('remove-new');
  drive.world = drift(drive.world, 'green');
  drive.work();
  drive.tell({ name: 'resolve', how: 'adopt' });
  drive.until('ended');
  expect(drive.status).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
  expect(drive.service.live?.version).toBe('v2');
  drive.tell(rollback);
  expect(drive.status).toMatchObject({ kind: 'rollback', version: 'v1' });
});
