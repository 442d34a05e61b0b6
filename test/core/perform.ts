/** Executes a command in the simulated world as the activities do, with what can go wrong in each. */
import { type Color, otherColor } from '../../src/core/plan.ts';
import type { Routing } from '../../src/core/routing.ts';
import type { Command, Needs, Result, StepFailure } from '../../src/core/state.ts';
import { change, check, EMPTY, healthy, isChecked, isColor, moveUsers, routingOf, tick, type World, waitUntil } from './world.ts';

export type Fault =
  | 'none'
  /** It gives up without having done anything. */
  | 'fails'
  /** It happened, and nobody heard of it. */
  | 'result-lost'
  /** The credentials may not do it. */
  | 'denied'
  /** What it was to find out turns out badly. */
  | 'bad'
  | 'no-data'
  | 'unmeasured'
  /** Neither router nor environment can be read. */
  | 'unread';

const FAULTS: Record<Command['do'], readonly Fault[]> = {
  observe: ['fails'],
  attach: ['fails', 'result-lost'],
  'await-ready': ['fails'],
  spread: ['fails'],
  settle: ['fails', 'result-lost'],
  read: ['fails'],
  drain: ['fails'],
  deploy: ['fails', 'result-lost', 'bad'],
  test: ['fails', 'bad'],
  'warm-up': ['fails', 'bad'],
  switch: ['fails', 'result-lost', 'denied'],
  confirm: ['fails', 'bad'],
  sample: ['fails', 'bad', 'no-data', 'unmeasured', 'unread'],
  scale: ['fails', 'result-lost'],
  remove: ['fails', 'result-lost'],
  sleep: [],
  wait: [],
  end: [],
};

export const faultsOf = (command: Command): readonly Fault[] => FAULTS[command.do];

/** What is awaited when it is interrupted: it has happened or it has not. */
export const isWrite = (command: Command): boolean => ['switch', 'deploy', 'scale', 'remove', 'attach', 'settle'].includes(command.do);

export type Ending = { type: 'completed'; result: Result } | { type: 'failed'; failure: StepFailure };

export interface Performed {
  world: World;
  ending: Ending;
}

const done = (world: World, result: Result): Performed => ({ world: tick(world), ending: { type: 'completed', result } });

const failure = (world: World, type: string, message: string, seen = false, counts: Partial<StepFailure> = {}): Performed => ({
  world: tick(world),
  ending: { type: 'failed', failure: { type, message, found: seen ? routingOf(world) : null, ...counts } },
});

export function perform(world: World, command: Command, fault: Fault): Performed {
  if (fault === 'fails') return failure(world, 'Unavailable', 'it does not answer');
  if (fault === 'denied') return failure(world, 'PermissionDenied', 'these credentials may not do it');
  const performed = carryOut(world, command, fault);
  return fault === 'result-lost' && performed.ending.type === 'completed'
    ? failure(performed.world, 'Unavailable', 'the answer was lost')
    : performed;
}

function carryOut(world: World, command: Command, fault: Fault): Performed {
  switch (command.do) {
    case 'observe': {
      const { blue, green } = world;
      return done(world, { of: 'observe', routing: routingOf(world), blue: { ...blue, detail: null }, green: { ...green, detail: null } });
    }
    case 'read':
      return done(world, { of: 'read', routing: routingOf(world) });
    case 'attach':
      if (world.routing === command.color || world.routing === 'other') return failure(world, 'Drift', 'somebody changed it', true);
      return done(check(world, command.color, true), { of: 'attach', detail: 'attached' });
    case 'await-ready':
      return notHealthy(world, command.color, command.needs) ?? done(world, { of: 'await-ready', detail: 'healthy' });
    case 'spread':
      return done(waitUntil(world, world.now + 60_000), { of: 'spread', detail: 'everywhere' });
    case 'settle':
      if (world.routing !== command.live) return failure(world, 'Drift', 'somebody changed it', true);
      return done(check(world, otherColor(command.live), false), { of: 'settle' });
    case 'drain':
      return drain(world, command.color, command.lastSwitchAt);
    case 'deploy':
      return deploy(world, command, fault);
    case 'test': {
      const passed = fault === 'none' && world[command.color].ready > 0 && world[command.color].version === command.version;
      const tests = [{ name: 'identity', passed, detail: passed ? 'ok' : 'wrong', durationMs: 1 }];
      return done(passed ? change(world, command.color, { proven: true }) : world, { of: 'test', tests });
    }
    case 'warm-up':
      return done(world, { of: 'warm-up', requests: 10, failed: fault === 'bad' || world[command.color].ready === 0 ? 10 : 1 });
    case 'switch':
      return switchTraffic(world, command);
    case 'confirm': {
      const { routing } = world;
      const served = isColor(routing) && world[routing].ready > 0 && [null, world[routing].version].includes(command.version);
      const confirmed = served && routing === command.color && fault === 'none';
      return done(world, { of: 'confirm', confirmed, detail: confirmed ? '5 answers in a row' : 'users get something else' });
    }
    case 'sample':
      return sample(world, command, fault);
    case 'scale': {
      const { color, capacity } = command;
      if (capacity < world[color].capacity && world.routing === color) return failure(world, 'ColorIsLive', 'users are on it', true);
      if (world[color].capacity === 0) return failure(world, 'NotFound', `nothing runs on ${color}`);
      return done(change(world, color, { capacity, ready: capacity }), { of: 'scale' });
    }
    case 'remove':
      if (world.routing === command.color) return failure(world, 'ColorIsLive', 'users are on it', true);
      return done(change(world, command.color, EMPTY), { of: 'remove' });
    case 'sleep':
      return done(waitUntil(world, command.until), { of: 'sleep' });
    case 'wait':
    case 'end':
      throw new Error(`${command.do} is not performed`);
  }
}

/** Connections cannot be counted here: the drain time since the last switch that the core knows of has to do. */
function drain(world: World, color: Color, lastSwitchAt: number | null): Performed {
  const { leftAt } = world[color];
  const covered = leftAt === null || (lastSwitchAt ?? 0) >= leftAt;
  return done(covered ? change(world, color, { leftAt: null }) : world, { of: 'drain', detail: 'the drain time has passed' });
}

function deploy(world: World, command: Extract<Command, { do: 'deploy' }>, fault: Fault): Performed {
  const { color, version, capacity, plan } = command;
  if (world.routing === color) return failure(world, 'ColorIsLive', 'users are on it', true);
  const broken = fault === 'bad';
  const ready = broken ? 0 : capacity;
  // What users were on before is proven; what is new is proven by its tests.
  const there = change(world, color, { version, capacity, ready, proven: plan === 'previous', leftAt: null });
  return broken ? failure(there, 'DeployFailed', 'it exits at once') : done(there, { of: 'deploy', detail: null, ready });
}

/** The router itself does not see a color fit for users. */
function notHealthy(world: World, color: Color, needs: Needs, found: Routing | null = null): Performed | null {
  if (world.checked === null || (needs === 'no-objection' && !isChecked(world, color))) return null;
  const wanted = Math.max(1, healthy(world, otherColor(color)));
  if (healthy(world, color) >= (needs === 'all' ? wanted : 1)) return null;
  return failure(world, 'TargetNotReady', 'not healthy', found !== null, { wanted, healthy: healthy(world, color) });
}

function switchTraffic(world: World, { to, expect, minimum, needs }: Extract<Command, { do: 'switch' }>): Performed {
  const found = world.routing;
  if (found === to) return done(world, { of: 'switch', routing: routingOf(world), at: world.now });
  if (expect !== null && (found === 'other' || !expect.includes(found))) return failure(world, 'Drift', 'somebody changed it', true);
  const { ready } = world[to];
  if (ready < minimum) return failure(world, 'TargetNotReady', `${to} is not ready`, true, { wanted: minimum, healthy: ready });
  const unhealthy = notHealthy(world, to, needs, routingOf(world));
  if (unhealthy) return unhealthy;
  const left = isColor(found) ? check(world, found, !world.sticky) : world;
  const moved = check(moveUsers(left, to), to, true);
  return done(moved, { of: 'switch', routing: routingOf(moved), at: moved.now });
}

const VALUES = { none: 0.01, bad: 0.5, 'no-data': null, unmeasured: null, unread: 0.01 } as const;

function sample(world: World, command: Extract<Command, { do: 'sample' }>, fault: Fault): Performed {
  const { color, since, endsAt } = command;
  const at = Math.max(world.now, Math.min(since + 60_000, Math.max(endsAt, since)));
  const later = { ...world, now: at };
  const value = VALUES[fault as keyof typeof VALUES];
  const checks = [{ name: 'error-rate', value, failed: fault === 'unmeasured', detail: null }];
  const read = fault === 'unread' ? { routing: null, ready: null } : { routing: routingOf(world), ready: world[color].ready };
  const samples = [{ at, ...read, detail: null, checks }];
  return done(later, { of: 'sample', samples, cursors: {} });
}
