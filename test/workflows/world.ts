/** What the simulated activities work on: a router, two colors and a metric, changed by a test while a workflow runs. */
import type { Activities } from '../../src/activities/types.ts';
import type { Color } from '../../src/core/plan.ts';
import type { Notification } from '../../src/providers/types.ts';

export type ActivityName = keyof Activities;

/** `final` false is tried again, as long as the test leaves it there. */
export interface Trouble {
  type: string;
  message: string;
  final: boolean;
}

/** What a source says at one sample: a value, no data, or that it could not be asked. */
export type SimulatedReading = number | null | 'unmeasured';

export interface World {
  live: Color | 'none' | 'other';
  /** What a router that checks health knows of; the live color at the beginning. */
  attached: Set<Color>;
  /** A switch takes the old color out of the router. */
  sticky: boolean;
  /** The snapshots that the router was settled to. */
  settledTo: unknown[];
  versions: Record<Color, string | null>;
  capacity: Record<Color, number>;
  /** Colors of which nothing is ready, whatever their capacity. Bringing one up again heals it. */
  dead: Set<Color>;
  errorRate: SimulatedReading;
  /** Taken one a sample before `errorRate` counts. */
  readings: SimulatedReading[];
  /** Versions whose smoke tests fail. */
  broken: Set<string>;
  /** Versions that users are never seen to get. */
  unconfirmed: Set<string>;
  /** By the activity, or by the activity and its color: "switchTraffic", "switchTraffic blue". */
  trouble: { [call: string]: Trouble };
  /** Real time that an activity takes, ms. */
  delay: Partial<Record<ActivityName, number>>;
  holds: { [call: string]: Promise<void> };
  calls: string[];
  notifications: Notification[];
}

export const emptyWorld = (): World => ({
  live: 'none',
  attached: new Set(),
  sticky: false,
  settledTo: [],
  versions: { blue: null, green: null },
  capacity: { blue: 0, green: 0 },
  dead: new Set(),
  errorRate: 0,
  readings: [],
  broken: new Set(),
  unconfirmed: new Set(),
  trouble: {},
  delay: {},
  holds: {},
  calls: [],
  notifications: [],
});

export const worldWith = (live: Color, version: string, capacity = 1): World => {
  const world = emptyWorld();
  world.live = live;
  world.attached.add(live);
  world.versions[live] = version;
  world.capacity[live] = capacity;
  return world;
};

/**
 * Every call of that name ("sample", "switchTraffic green") does its work only when it is let go, by the function that is
 * returned. While one is held, time must not be skipped: its heartbeats would be missed.
 */
export function hold(world: World, call: string): () => void {
  let release = (): void => {};
  world.holds[call] = new Promise((resolve) => {
    release = resolve;
  });
  return () => {
    delete world.holds[call];
    release();
  };
}

export const called = (world: World, call: string): number => world.calls.filter((known) => known === call).length;
