import * as z from 'zod';
import type { Routing } from '../../core/routing.ts';
import { lastLines } from '../processes/outputLines.ts';

const document = z.object({ to: z.enum(['blue', 'green', 'none', 'other']), summary: z.string().optional() });

/** What a read script printed. Whatever cannot be understood is 'other': nobody may write over it. */
export function parseRouting(printed: string): Routing {
  if (printed === 'blue' || printed === 'green' || printed === 'none') return { to: printed, summary: inWords(printed) };
  const parsed = document.safeParse(json(printed));
  if (parsed.success) return { to: parsed.data.to, summary: parsed.data.summary || inWords(parsed.data.to) };
  const said = lastLines(printed, 3).join(' ').slice(0, 200);
  return { to: 'other', summary: said === '' ? 'the read script printed nothing' : `the read script printed: ${said}` };
}

const inWords = (to: Routing['to']): string =>
  ({ blue: 'all users to blue', green: 'all users to green', none: 'users are sent nowhere', other: 'something else than one color' })[to];

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
