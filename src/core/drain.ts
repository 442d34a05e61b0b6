/** Draining where a router knows neither connections nor requests: only time tells. */
import type { Plan } from './plan.ts';

export const BLIND_DRAIN = 'open connections cannot be counted; the drain time has passed';

/** Until when a color is left alone after the switch that took its users away (epoch ms); long ago where there was none. */
export const blindUntil = ({ switch: { drainMs } }: Plan, lastSwitchAt: number | null): number => (lastSwitchAt ?? 0) + drainMs;
