import * as z from 'zod';
import { duration } from '../duration.ts';
import { count, httpUrl } from '../fields.ts';
import { span } from '../span.ts';
import { didYouMean } from '../suggest.ts';
import { found } from '../words.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const time = () => z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'expected a time of day such as "02:00"' });

const timezone = z.string().superRefine((zone, context) => {
  if (!isTimezone(zone)) {
    const hint = didYouMean(zone, Intl.supportedValuesOf('timeZone'));
    context.addIssue({ code: 'custom', message: `expected a time zone such as Europe/London; found ${found(zone)}${hint}` });
  }
});

function isTimezone(zone: string): boolean {
  try {
    return /^[A-Za-z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}

const window = z
  .strictObject({
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .prefault([...DAYS])
      .transform((days) => DAYS.filter((day) => days.includes(day)))
      .describe('The days on which it opens.'),
    from: time().describe('Opens at this wall-clock time.'),
    to: time().describe('Closes at this wall-clock time; before `from` means the next day.'),
    timezone: timezone.prefault('UTC').describe('IANA name of the time zone.'),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'the same time as from: the window would never be open' })
  .describe('The switch waits until this window is open. A rollback does not.');

export const confirmation = z
  .strictObject({
    url: httpUrl().optional().describe("The users' own address; a router that knows it itself needs none."),
    consecutive: count(1, 1000).prefault(5).describe('So many answers in a row have to carry the new version.'),
    timeout: span.prefault('30s').describe('How long that may take.'),
  })
  .describe("After a switch the users' own address is probed over fresh connections. false turns it off.");

export const switching = z
  .strictObject({
    window: window.optional(),
    confirm: z.union([z.literal(false), confirmation]).optional(),
    drain: z
      .strictObject({
        timeout: duration
          .prefault('30s')
          .describe('How long open requests and connections of the old color are awaited before it is scaled down or taken over.'),
      })
      .prefault({})
      .describe('What the connections that users still have to the old color get.'),
  })
  .prefault({})
  .describe('How users are moved to the new color.');
