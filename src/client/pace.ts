import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often it looks: seldom, since where it matters there are a hundred that do. */
const RESOLUTION_MS = 100;
/** What the event loop is late by on the average. */
const STARVED_MS = 40;
const NS = 1_000_000;

/** How this process itself gets on since it was asked for. */
export interface Pace {
  /** It hardly runs, as on a machine with far too many processes: an answer that is late then says nothing of who was asked. */
  isStarved(): boolean;
  end(): void;
}

export function ownPace(): Pace {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return { isStarved: () => delay.mean > (RESOLUTION_MS + STARVED_MS) * NS, end: () => void delay.disable() };
}
