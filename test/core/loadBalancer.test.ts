/** Deployments by a router that checks the health of its targets, and by one whose change takes time. */
import { describe, expect, test } from 'vitest';
import { next } from '../../src/core/next.ts';
import { step } from '../../src/core/service.ts';
import { Drive } from './drive.ts';
import { CHECKING, HOUR, LOOKING, type PlanChanges, SLOW } from './plans.ts';
import { die, drift, liveWorld, loseCapacity, type World, withHealthChecks, withHealthInSight } from './world.ts';

const deploying = (world: World, changes: PlanChanges = {}): Drive => {
  const drive = new Drive(world, { router: CHECKING, ...changes });
  drive.submit('v2');
  return drive;
};

const stepsOf = (drive: Drive): string[] => drive.status.steps.map(({ name }) => name);

describe('A router that checks health', () => {
  test('hears of the idle color before anything is deployed to it, and is asked before the tests', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('ended');
    expect(stepsOf(drive).slice(0, 7)).toEqual(['observe', 'drain-idle', 'attach', 'deploy', 'await-ready', 'test', 'switch']);
    expect(drive.status.outcome).toBe('succeeded');
  });

  test('keeps checking the old color until it is gone, then has the new one alone', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('retain');
    expect(drive.world.checked).toEqual({ blue: true, green: true });
    drive.until('ended');
    expect(stepsOf(drive).slice(-2)).toEqual(['remove-old', 'settle']);
    expect(drive.world.checked).toEqual({ blue: false, green: true });
  });

  test('that does not see the new color healthy ends the deployment before the switch, and is left as it was', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('await-ready');
    drive.world = loseCapacity(drive.world, 'green');
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'failed', liveColor: 'blue', reason: 'await-ready: not healthy' });
    expect(drive.world).toMatchObject({ green: { capacity: 0 }, checked: { blue: false, green: false } });
  });

  test('that somebody moves users with meanwhile has them leave before the color they were on is taken away', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('attach');
    drive.world = drift(drift(drive.world, 'green'), 'other');
    drive.until('remove-new');
    expect(stepsOf(drive).slice(-3)).toEqual(['attach', 'drain-new', 'remove-new']);
  });

  test('is waited for once more where a color was ready at its test and is not at the switch', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('switch');
    const { world } = drive;
    drive.world = loseCapacity(world, 'green');
    drive.work();
    expect(drive.status).toMatchObject({ phase: 'switching', outcome: null });
    drive.world = { ...drive.world, green: world.green };
    drive.until('ended');
    expect(drive.status.outcome).toBe('succeeded');
  });

  test('gets as many of the new color as the live one has by then', () => {
    const drive = deploying(withHealthChecks(liveWorld(3)), { approval: { required: true, timeoutMs: HOUR, onTimeout: 'approve' } });
    drive.until('await-approval');
    drive.world = { ...drive.world, blue: { ...drive.world.blue, capacity: 6, ready: 6 } };
    drive.until('monitor');
    expect(drive.world.green).toMatchObject({ capacity: 6, ready: 6 });
  });

  test('takes users back with one command while it still checks the old color', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('monitor');
    drive.tell({ name: 'rollback', to: null, now: false });
    drive.until('ended');
    const steps = stepsOf(drive);
    expect(steps.slice(steps.indexOf('monitor') + 1)).toEqual(['switch-back', 'confirm-back', 'drain-new', 'remove-new', 'settle']);
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });

  test('with sticky clients has the old color checked again before it takes users back', () => {
    const drive = deploying(withHealthChecks(liveWorld(3), true)).until('monitor');
    drive.tell({ name: 'rollback', to: null, now: false });
    drive.until('ended');
    const steps = stepsOf(drive);
    const back = steps.slice(steps.indexOf('monitor') + 1);
    expect(back.slice(0, 5)).toEqual(['switch-back', 'attach-back', 'await-back', 'switch-back', 'confirm-back']);
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });

  test('gets as many of the old color as the new one has meanwhile, before it takes users back', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('monitor');
    drive.world = { ...drive.world, green: { ...drive.world.green, capacity: 5, ready: 5 } };
    drive.tell({ name: 'rollback', to: null, now: false });
    drive.until('ended');
    expect(drive.commands).toContainEqual(expect.objectContaining({ do: 'scale', color: 'blue', capacity: 5 }));
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });

  test('takes users back at once with what there is where an operator says now', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('monitor');
    drive.world = loseCapacity(drive.world, 'blue');
    drive.tell({ name: 'rollback', to: null, now: true });
    drive.work();
    expect(drive.world.routing).toBe('blue');
  });

  test('is waited for where nothing of the old color is healthy, also where an operator says now: maybe nobody checks it', () => {
    const drive = deploying(withHealthChecks(liveWorld(3), true)).until('monitor');
    drive.tell({ name: 'rollback', to: null, now: true });
    drive.until('ended');
    expect(stepsOf(drive)).toEqual(expect.arrayContaining(['attach-back', 'await-back']));
    expect(stepsOf(drive)).not.toContain('revive');
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });

  test('asks a person, after the old color was brought up anew in vain', () => {
    const drive = deploying(withHealthChecks(liveWorld(3))).until('monitor');
    drive.tell({ name: 'rollback', to: null, now: false });
    for (let turn = 0; turn < 20 && drive.status.phase !== 'needs-intervention'; turn++) {
      drive.world = loseCapacity(drive.world, 'blue');
      drive.work();
    }
    expect(drive.status).toMatchObject({ phase: 'needs-intervention', liveColor: 'green' });
    expect(drive.commands.filter((command) => command.do === 'deploy' && command.plan === 'previous')).toHaveLength(1);
    expect(drive.tell({ name: 'rollback', to: null, now: true })).toBeNull();
    drive.work();
    expect(drive.world.routing).toBe('blue');
  });

  test('is settled by the next deployment as people had left it, where that takes over what is retained', () => {
    const drive = deploying(withHealthChecks(liveWorld(1)), { retention: { durationMs: HOUR, capacity: 'keep', then: 'remove' } });
    drive.work();
    drive.service = { ...drive.service, deployment: { ...drive.state, snapshot: 'as people wrote it' } };
    drive.until('retain');
    drive.submit('v3');
    drive.until('ended', 'v3');
    expect(drive.commands.filter((command) => command.do === 'settle')).toEqual([
      expect.objectContaining({ live: 'blue', snapshot: 'as people wrote it' }),
    ]);
  });
});

describe('A router that sees what its environment sees, and is not prepared for a color', () => {
  const looking = () => deploying(withHealthInSight(liveWorld(3)), { router: LOOKING });

  test('is not asked again what has just been seen, nor told of a color, nor tidied up', () => {
    const drive = looking().until('ended');
    expect(stepsOf(drive)).toEqual(expect.arrayContaining(['deploy', 'await-ready', 'test', 'switch', 'remove-old']));
    expect(drive.commands.map((command) => command.do)).not.toEqual(expect.arrayContaining(['await-ready']));
    expect(stepsOf(drive).filter((name) => ['attach', 'settle'].includes(name))).toEqual([]);
    expect(drive.status.outcome).toBe('succeeded');
  });

  test('is waited for where the environment has not said how many are ready', () => {
    const drive = looking().until('deploy');
    const { seq } = drive.state;
    drive.service = step(drive.service, { type: 'completed', seq, result: { of: 'deploy', detail: null, ready: 2 }, at: drive.world.now });
    expect(next(drive.service.plan!, drive.state).do).toBe('await-ready');
  });

  test('is waited for on the way back, where the old color lost copies meanwhile', () => {
    const drive = looking().until('monitor');
    drive.world = loseCapacity(drive.world, 'blue');
    drive.tell({ name: 'rollback', to: null, now: false });
    drive.until('await-back');
    expect(stepsOf(drive)).not.toContain('attach-back');
  });

  /** Watched, with so much of the old color ready, and rolled back. */
  const back = (spoil: (world: World) => World, now: boolean, changes: PlanChanges = {}): Drive => {
    const drive = deploying(withHealthInSight(liveWorld(3)), { router: LOOKING, ...changes }).until('monitor');
    drive.world = spoil(drive.world);
    drive.tell({ name: 'rollback', to: null, now });
    drive.work();
    return drive;
  };
  const dead = (world: World): World => die(world, 'blue');

  test('with nothing of the old color ready is not waited for where an operator says now: it is brought up anew at once', () => {
    const drive = back(dead, true);
    expect(drive.state.step.name).toBe('revive');
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
    expect(drive.world.blue).toMatchObject({ version: 'v1', ready: 3 });
  });

  test.each<[string, Drive]>([
    ['nobody says now', back(dead, false)],
    ['the plan is one of before', back(dead, true, { semantics: 1 })],
  ])('with nothing of the old color ready is waited for where %s', (_, drive) => {
    expect(drive.state.step.name).toBe('await-back');
  });

  test('with nothing of the old color ready and no version known to bring up is waited for', () => {
    const { blue, ...world } = withHealthInSight(liveWorld(3));
    const drive = deploying({ ...world, blue: { ...blue, version: null } }, { router: LOOKING }).until('monitor');
    drive.world = dead(drive.world);
    drive.tell({ name: 'rollback', to: null, now: true });
    drive.work();
    expect(drive.state.step.name).toBe('await-back');
  });

  test('with nothing to test, users are switched as soon as the new color is ready', () => {
    const drive = deploying(withHealthInSight(liveWorld(3)), { router: LOOKING, untested: true }).until('switch');
    expect(drive.commands.map((command) => command.do)).toEqual(['observe', 'drain', 'deploy']);
    expect(stepsOf(drive)).toEqual(['observe', 'drain-idle', 'deploy', 'await-ready', 'test', 'switch']);
  });
});

describe('A router whose change takes time', () => {
  test('has reached users before they are looked for, on the way there and on the way back', () => {
    const drive = deploying(liveWorld(1), { router: SLOW }).until('monitor');
    const spreads = drive.status.steps.findIndex(({ name }) => name === 'spread');
    expect(stepsOf(drive).slice(spreads - 1)).toEqual(['switch', 'spread', 'confirm', 'monitor']);
    drive.tell({ name: 'rollback', to: null, now: false });
    drive.until('ended');
    expect(stepsOf(drive)).toEqual(expect.arrayContaining(['switch-back', 'spread-back', 'confirm-back']));
    expect(drive.status.outcome).toBe('rolled-back');
  });

  test('can be rolled back while it still spreads', () => {
    const drive = deploying(liveWorld(1), { router: SLOW }).until('spread');
    expect(drive.tell({ name: 'rollback', to: null, now: false })).toBeNull();
    drive.until('ended');
    expect(drive.status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  });
});
