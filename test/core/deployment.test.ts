import { describe, expect, test } from 'vitest';
import { next } from '../../src/core/next.ts';
import { step } from '../../src/core/service.ts';
import type { Taken } from '../../src/core/state.ts';
import { Drive } from './drive.ts';
import { check, HOUR, MINUTE } from './plans.ts';
import { die, drift, emptyWorld, liveWorld, routingOf } from './world.ts';

const resolve = (how: 'adopt' | 'restore' | 'retry'): Taken => ({ name: 'resolve', how });
const rollback: Taken = { name: 'rollback', to: null, now: false };

const deploying = (...setting: ConstructorParameters<typeof Drive>): Drive => {
  const drive = new Drive(...setting);
  drive.submit('v2');
  return drive;
};

describe('The first deployment ever', () => {
  test('goes to blue and ends without retention', () => {
    const drive = deploying(emptyWorld).until('ended');
    expect(drive.status).toMatchObject({
      color: 'blue',
      liveColor: 'blue',
      previousVersion: null,
      previousColor: null,
      outcome: 'succeeded',
    });
    expect(drive.commands.map((command) => command.do)).not.toContain('remove');
  });

  test('has no way back: rollback is refused while it is monitored and after', () => {
    const drive = deploying(emptyWorld).until('monitor');
    expect(drive.tell(rollback)).toContain('first deployment');
    drive.until('ended');
    expect(drive.tell(rollback)).toContain('nothing to roll back to');
    expect(drive.status.actions).toEqual([]);
  });

  test.each(['confirm', 'monitor'] as const)('asks a person when %s turns out badly', (step) => {
    const drive = deploying(emptyWorld).until(step);
    drive.work('bad');
    expect(drive.status).toMatchObject({ phase: 'needs-intervention', outcome: null, liveColor: 'blue' });
    expect(drive.status.reason).toContain('nothing was live before');
    expect(drive.status.actions).toEqual(['promote', 'resolve --adopt', 'resolve --retry']);
  });
});

describe('While it is watched', () => {
  test('copies that are lost are said, for as long as they are, and end nothing while others are there', () => {
    const drive = deploying(liveWorld(2)).until('monitor');
    const watched = (ready: number | null, detail: string | null) => {
      const { seq } = next(drive.service.plan!, drive.state);
      const sample = { at: drive.world.now, routing: routingOf(drive.world), ready, detail, checks: [] };
      drive.service = step(drive.service, {
        type: 'completed',
        seq,
        at: sample.at,
        result: { of: 'sample', samples: [sample], cursors: {} },
      });
      return drive.status.steps.at(-1);
    };
    expect(watched(1, 'pod shop-1: Unknown')).toMatchObject({ name: 'monitor', state: 'running', detail: 'pod shop-1: Unknown' });
    expect(watched(null, null)).toMatchObject({ detail: 'pod shop-1: Unknown' });
    expect(watched(2, null)).toMatchObject({ state: 'running', detail: null });
  });
});

describe('The gates before the switch', () => {
  const approval = (onTimeout: 'reject' | 'approve') => ({ approval: { required: true, timeoutMs: HOUR, onTimeout } });

  test('an approval that nobody gives in time rejects', () => {
    const drive = deploying(liveWorld(1), approval('reject')).until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rejected', reason: 'nobody approved it in time', liveColor: 'blue', switchedAt: null });
  });

  test('an approval that nobody gives in time goes on where the plan says so', () => {
    const drive = deploying(liveWorld(1), approval('approve')).until('ended');
    expect(drive.status).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
  });

  test('a rejection takes the new color away and says who and why', () => {
    const drive = deploying(liveWorld(1), approval('approve')).until('await-approval');
    expect(drive.tell({ name: 'reject' })).toBeNull();
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rejected', reason: 'rejected by ann: because' });
    expect(drive.world.green.capacity).toBe(0);
  });

  const nights = { days: ['mon' as const, 'thu' as const], from: '04:00', to: '06:00', timezone: 'UTC' };

  test('the switch waits for its window, which is asked for at the switch', () => {
    const drive = deploying(liveWorld(1), { switch: { window: nights } }).until('await-window');
    expect(drive.status).toMatchObject({ phase: 'awaiting-window', until: '2026-01-01T04:00:00.000Z' });
    drive.until('monitor');
    expect(drive.status.switchedAt!.slice(0, 16)).toBe('2026-01-01T04:00');
  });

  test('the wait for the window is ended by a promotion', () => {
    const drive = deploying(liveWorld(1), { switch: { window: nights } }).until('await-window');
    expect(drive.tell({ name: 'promote' })).toBeNull();
    drive.until('monitor');
    expect(drive.status.switchedAt!.slice(0, 16)).toBe('2026-01-01T00:00');
    expect(drive.status.decisions).toMatchObject([{ action: 'promote', by: 'ann', reason: 'because' }]);
  });

  test('an approval outside the window waits for the window all the same', () => {
    const drive = deploying(liveWorld(1), { ...approval('reject'), switch: { window: nights } }).until('await-approval');
    drive.tell({ name: 'approve' });
    expect(drive.status.phase).toBe('awaiting-window');
  });
});

describe('The monitoring window', () => {
  const batches = (drive: Drive) => drive.commands.filter((command) => command.do === 'sample');

  test('of ten minutes is read each minute', () => {
    const drive = deploying(liveWorld(1), { monitor: { durationMs: 10 * MINUTE, intervalMs: MINUTE, checks: [check()] } }).until(
      'drain-old',
    );
    expect(batches(drive)).toHaveLength(10);
    expect(new Set(batches(drive).map(({ count }) => count))).toEqual(new Set([1]));
  });

  test('of a day, read each minute, needs at most sixty batches', () => {
    const drive = deploying(liveWorld(1), { monitor: { durationMs: 24 * HOUR, intervalMs: MINUTE, checks: [check()] } }).until('monitor');
    drive.work();
    const asked = batches(drive)[0]!.count;
    expect(Math.ceil((24 * 60) / asked)).toBeLessThanOrEqual(60);
    expect(asked).toBeLessThanOrEqual(25);
  });

  test('is made longer while a batch of samples is under way, which goes on', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    const { seq, monitorEndsAt } = drive.state;
    expect(drive.tell({ name: 'extend', ms: 5 * MINUTE })).toBeNull();
    expect(drive.state.seq).toBe(seq);
    expect(drive.state.monitorEndsAt).toBe(monitorEndsAt! + 5 * MINUTE);
    drive.until('drain-old');
    expect(batches(drive)).toHaveLength(7);
  });

  test('that had no data says so in its reason, and passes', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.work('no-data');
    drive.work('no-data');
    expect(drive.status).toMatchObject({ phase: 'retaining', outcome: 'succeeded', reason: 'no data during the whole window: error-rate' });
    expect(drive.status.monitor?.checks).toMatchObject([{ samples: 0, noData: 2, failures: 0, value: null, max: 0.05 }]);
  });

  test('whose source was away to its end is watched longer, and passes when the source is back', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.work('unmeasured');
    drive.work('unmeasured');
    expect(drive.status).toMatchObject({ phase: 'monitoring', outcome: null });
    drive.until('drain-old');
    expect(drive.status).toMatchObject({ outcome: 'succeeded', reason: null });
  });

  test('whose source stays away asks a person, after ten minutes at most', () => {
    const drive = deploying(liveWorld(1), { monitor: { durationMs: HOUR, intervalMs: MINUTE, checks: [check()] } }).until('monitor');
    const due = drive.state.monitorEndsAt!;
    for (let turns = 0; turns < 200 && drive.status.phase === 'monitoring'; turns++) drive.work('unmeasured');
    expect(drive.status).toMatchObject({ phase: 'needs-intervention', reason: 'error-rate could not be measured' });
    expect(drive.world.now - due).toBeGreaterThan(5 * MINUTE);
    expect(drive.world.now - due).toBeLessThan(11 * MINUTE);
  });

  test('that breaks a bound as soon as it can be read again goes back', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.work('unmeasured');
    drive.work('unmeasured');
    drive.work('bad');
    drive.until('ended');
    expect(drive.status.outcome).toBe('rolled-back');
  });

  test('that had too little data asks a person, whose answer may be to watch on, to promote or to go back', () => {
    const rules = { monitor: { durationMs: 2 * MINUTE, intervalMs: MINUTE, checks: [check({ minSamples: 2 })] } };
    const drive = deploying(liveWorld(1), rules).until('monitor');
    drive.work('no-data');
    drive.work();
    expect(drive.status.phase).toBe('needs-intervention');
    expect(drive.status.actions).toEqual(['promote', 'resolve --adopt', 'resolve --retry', 'rollback']);
    drive.tell(resolve('retry'));
    expect(drive.status).toMatchObject({ phase: 'monitoring', monitor: { checks: [{ samples: 0, noData: 0 }] } });
    drive.until('drain-old');
    expect(drive.status.outcome).toBe('succeeded');
  });

  test('that breaks its bound goes back by itself and says why', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.work('bad');
    expect(drive.status).toMatchObject({ phase: 'rolling-back', reason: 'error-rate was 0.5 (max 0.05)' });
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', version: 'v2', color: 'green', liveColor: 'blue', previousVersion: 'v1' });
    expect(drive.world).toMatchObject({ routing: 'blue', green: { capacity: 0 } });
  });

  test('that sees its color die goes back by itself', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.world = die(drive.world, 'green');
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });

  test('is ended as passed by a promotion', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    expect(drive.tell({ name: 'promote' })).toBeNull();
    expect(drive.status).toMatchObject({ phase: 'retaining', outcome: 'succeeded' });
    expect(drive.status.reason).toContain('promoted by ann');
  });
});

describe('Somebody who changed the router by hand', () => {
  const drifted = (to: 'blue' | 'green' | 'none' | 'other'): Drive => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.world = drift(drive.world, 'other');
    drive.work();
    drive.world = drift(drive.world, to);
    return drive;
  };

  test('is not overwritten: a person is asked, and told what was found', () => {
    const { status } = drifted('other');
    expect(status).toMatchObject({ phase: 'needs-intervention', liveColor: null });
    expect(status.reason).toContain('all to other');
    expect(status.actions).toEqual(['resolve --adopt', 'resolve --restore', 'resolve --retry', 'rollback']);
  });

  test.each([
    ['the new color ends as succeeded', 'green', 'succeeded'],
    ['the old color ends as rolled back', 'blue', 'rolled-back'],
  ] as const)('adopted on %s', (_, to, outcome) => {
    const drive = drifted(to);
    drive.tell(resolve('adopt'));
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome, liveColor: to });
  });

  test('adopted on neither color is asked again', () => {
    const drive = drifted('none');
    drive.tell(resolve('adopt'));
    drive.work();
    expect(drive.status.phase).toBe('needs-intervention');
    expect(drive.status.reason).toContain('neither color');
  });

  test('is put back by a restoration, and the window goes on', () => {
    const drive = drifted('other');
    drive.tell(resolve('restore'));
    drive.work();
    expect(drive.status).toMatchObject({ phase: 'monitoring', liveColor: 'green' });
    expect(drive.world.routing).toBe('green');
  });

  test.each([
    ['goes on when the router is right again', 'green', 'monitoring'],
    ['asks again when it is not', 'other', 'needs-intervention'],
  ] as const)('a retry looks first, and %s', (_, to, phase) => {
    const drive = drifted(to);
    drive.tell(resolve('retry'));
    drive.work();
    expect(drive.status.phase).toBe(phase);
  });

  test('before the switch leaves an abort as an answer, which ends before the switch', () => {
    const drive = deploying(liveWorld(1)).until('switch');
    drive.world = drift(drive.world, 'other');
    drive.work();
    expect(drive.status.actions).toContain('abort');
    drive.tell({ name: 'abort' });
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'aborted', switchedAt: null });
    expect(drive.world).toMatchObject({ routing: 'other', green: { capacity: 0 } });
  });
});

describe('A cancellation in the Temporal UI', () => {
  test('before the switch gives up', () => {
    const drive = deploying(liveWorld(1)).until('test');
    drive.cancel();
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'aborted', liveColor: 'blue' });
  });

  test.each(['switch', 'confirm', 'monitor'] as const)('at %s goes back', (step) => {
    const drive = deploying(liveWorld(1)).until(step);
    drive.cancel();
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });

  test('while a person is asked, or their answer is carried out, is not lost', () => {
    const drive = deploying(liveWorld(1)).until('monitor');
    drive.world = drift(drive.world, 'blue');
    drive.work();
    drive.tell(resolve('adopt'));
    drive.cancel();
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });

  test('after the outcome changes nothing', () => {
    const drive = deploying(liveWorld(1)).until('retain');
    drive.cancel();
    expect(drive.status).toMatchObject({ phase: 'retaining', outcome: 'succeeded' });
  });
});

test('A switch of which nobody knows whether it happened cannot be aborted as if users had never been touched', () => {
  const drive = deploying(liveWorld(1)).until('switch');
  drive.work('result-lost');
  drive.work('fails');
  expect(drive.status).toMatchObject({ phase: 'needs-intervention', outcome: null });
  expect(drive.status.actions).toEqual(['resolve --adopt', 'resolve --retry', 'rollback']);
  drive.tell(rollback);
  drive.until('ended');
  expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
});
