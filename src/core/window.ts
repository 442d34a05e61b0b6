/** When the switch window is open, in its own time zone. Judged at the switch, never before; a rollback does not ask. */
import type { SwitchWindow, Weekday } from './plan.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
const DAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** The wall clock at `at` (epoch ms): minutes since midnight and the day of the week. */
function wallClock(at: number, timezone: string): { minutes: number; day: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { minutes: Number(part.hour) * 60 + Number(part.minute), day: DAYS.indexOf(String(part.weekday).toLowerCase() as Weekday) };
}

export function isOpen(window: SwitchWindow, at: number): boolean {
  const { minutes, day } = wallClock(at, window.timezone);
  const from = minutesOf(window.from);
  const to = minutesOf(window.to);
  const allowed = (index: number): boolean => window.days.includes(DAYS[(index + 7) % 7]!);
  if (from < to) return allowed(day) && minutes >= from && minutes < to;
  // Over midnight: the window belongs to the day on which it begins.
  return (allowed(day) && minutes >= from) || (allowed(day - 1) && minutes < to);
}

/** When it opens next (epoch ms), or `at` itself when it is open. Whoever waits asks again when the time has come. */
export function opensAt(window: SwitchWindow, at: number): number {
  if (isOpen(window, at)) return at;
  const { minutes } = wallClock(at, window.timezone);
  const ahead = (minutesOf(window.from) - minutes + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const first = at - (at % MINUTE) + ahead * MINUTE;
  for (let day = 0; day < 8; day++) {
    const candidate = first + day * DAY_MINUTES * MINUTE;
    for (const shift of [-60, 0, 60]) {
      const shifted = candidate + shift * MINUTE;
      if (shifted > at && isOpen(window, shifted)) return earliest(window, shifted, at);
    }
  }
  return first;
}

/** Wall-clock times that a change of the clocks leaves out: the window is open from the first minute that exists. */
function earliest(window: SwitchWindow, open: number, at: number): number {
  let first = open;
  while (first - MINUTE > at && isOpen(window, first - MINUTE)) first -= MINUTE;
  return first;
}
