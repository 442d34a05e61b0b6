/**
 * The world that a deployment acts on, simulated: a router, two colors, a clock. What the core knows about it comes only
 * from the results of commands; what really is comes from here.
 */
import type { Color } from '../../src/core/plan.ts';
import type { Routing } from '../../src/core/routing.ts';
import { HOUR, START } from './plans.ts';

export interface SimulatedColor {
  version: string | null;
  capacity: number;
  ready: number;
  /** What runs there passed its tests, or users were on it when this began. */
  proven: boolean;
  /** Since when users have been moved away while their last connections are still open (epoch ms); null: nobody is connected. */
  leftAt: number | null;
}

export interface World {
  now: number;
  routing: Routing['to'];
  /** Whose health the router checks besides the live color's; null where it checks nobody's. */
  checked: { blue: boolean; green: boolean } | null;
  /** A switch takes the old color out of the router: clients would be held there. */
  sticky: boolean;
  blue: SimulatedColor;
  green: SimulatedColor;
  /** Somebody else moved users since the core last looked. */
  unseen: boolean;
}

export const EMPTY: SimulatedColor = { version: null, capacity: 0, ready: 0, proven: false, leftAt: null };

export const emptyWorld: World = { now: START, routing: 'none', checked: null, sticky: false, blue: EMPTY, green: EMPTY, unseen: false };

/** v1 is live on blue; users left green an hour ago. */
export const liveWorld = (capacity: number): World => ({
  ...emptyWorld,
  routing: 'blue',
  blue: { version: 'v1', capacity, ready: capacity, proven: true, leftAt: null },
});

/** The same world with a router that checks the health of its targets. */
export const withHealthChecks = (world: World, sticky = false): World => ({ ...world, checked: { blue: false, green: false }, sticky });

/** With one that sees the health of both colors at any time. */
export const withHealthInSight = (world: World): World => ({ ...world, checked: { blue: true, green: true } });

export const isChecked = ({ checked, routing }: World, color: Color): boolean => checked === null || checked[color] || routing === color;

/** As many as the router sees of it ready. */
export const healthy = (world: World, color: Color): number => (isChecked(world, color) ? world[color].ready : 0);

export const check = (world: World, color: Color, checked: boolean): World =>
  world.checked === null ? world : { ...world, checked: { ...world.checked, [color]: checked } };

export const isColor = (to: Routing['to']): to is Color => to === 'blue' || to === 'green';

export const routingOf = (world: World): Routing => ({ to: world.routing, summary: `all to ${world.routing}` });

export const change = (world: World, color: Color, changes: Partial<SimulatedColor>): World => ({
  ...world,
  [color]: { ...world[color], ...changes },
});

/** Users are moved: the connections that they had stay open on the color that they leave. */
export function moveUsers(world: World, to: Routing['to']): World {
  const from = world.routing;
  if (from === to) return world;
  const left = isColor(from) && world[from].ready > 0 ? change(world, from, { leftAt: world.now }) : world;
  return { ...(isColor(to) ? change(left, to, { leftAt: null }) : left), routing: to };
}

/** The core has read the router: what it did not know till now it knows from now on. */
export const noticed = (world: World): World =>
  world.unseen
    ? (['blue', 'green'] as const).reduce<World>(
        (seen, color) => (seen[color].leftAt === null ? seen : change(seen, color, { leftAt: seen.now })),
        {
          ...world,
          unseen: false,
        },
      )
    : world;

/** Time passes: connections end by themselves in longer waits. */
export function waitUntil(world: World, until: number): World {
  const now = Math.max(world.now, until);
  const past = (color: SimulatedColor): SimulatedColor =>
    color.leftAt !== null && now - color.leftAt >= HOUR ? { ...color, leftAt: null } : color;
  return { ...world, now, blue: past(world.blue), green: past(world.green) };
}

export const tick = (world: World): World => ({ ...world, now: world.now + 1 });

// What others do to the world

export const drift = (world: World, to: Routing['to']): World => ({
  ...moveUsers(world, to),
  // Whoever changes it by hand leaves nothing else in it.
  checked: world.checked && { blue: to === 'blue', green: to === 'green' },
  unseen: true,
});
export const die = (world: World, color: Color): World => change(world, color, { ready: 0, leftAt: null });
export const loseCapacity = (world: World, color: Color): World => change(world, color, { ready: Math.min(1, world[color].ready) });
export const heal = (world: World, color: Color): World => change(world, color, { ready: world[color].capacity });
