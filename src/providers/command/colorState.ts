import * as z from 'zod';
import { Failure } from '../../core/failure.ts';
import { lastLines } from '../processes/outputLines.ts';
import type { ColorState } from '../types.ts';

const count = z.number().int().min(0);
const document = z
  .object({ version: z.string().min(1).nullable(), capacity: count.default(1), ready: count.optional(), detail: z.string().nullish() })
  .transform(({ version, capacity, ready, detail }) => ({ version, capacity, ready: ready ?? capacity, detail: detail ?? null }));

const NOTHING: ColorState = { version: null, capacity: 0, ready: 0, detail: null };

/** What a describe script printed: a JSON object, or nothing for a color where nothing is. */
export function parseColorState(printed: string): ColorState {
  if (printed === '') return NOTHING;
  let parsed: unknown;
  try {
    parsed = JSON.parse(printed);
  } catch {
    parsed = null;
  }
  const state = document.safeParse(parsed);
  if (state.success) return state.data.version === null ? NOTHING : state.data;
  const said = lastLines(printed, 3).join(' ').slice(0, 200);
  throw new Failure(
    'InvalidConfiguration',
    `environment.describe has to print {"version", "capacity", "ready"} or nothing, and printed: ${said}`,
  );
}
