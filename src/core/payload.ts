/** What people send with a decision, from wherever they send it: checked, and turned into what the core knows. */
import type { DecisionName } from '../contract.ts';
import { parseDuration } from './duration.ts';
import type { Taken } from './state.ts';

const HOWS = ['adopt', 'restore', 'retry'] as const;
const MAX_EXTENSION_MS = 30 * 24 * 3_600_000;

/** The decision, or a sentence that says what is wrong with the payload. */
export function parseDecision(name: DecisionName, payload: unknown): Taken | string {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return `${name} takes one object, {"by": "who decides"}`;
  const fields = payload as Record<string, unknown>;
  if (typeof fields.by !== 'string' || fields.by.trim() === '') return `${name} takes {"by": "who decides"}: by is missing`;
  if (fields.reason !== undefined && fields.reason !== null && typeof fields.reason !== 'string') return 'reason is a text';
  switch (name) {
    case 'extend':
      return parseExtension(fields.duration);
    case 'rollback':
      if (fields.to !== undefined && fields.to !== null && typeof fields.to !== 'string') return 'to is a version';
      return { name, to: fields.to ?? null, now: fields.now === true };
    case 'resolve': {
      const how = HOWS.find((known) => known === fields.how);
      return how ? { name, how } : `resolve takes {"how": ${HOWS.map((known) => `"${known}"`).join(' | ')}}`;
    }
    default:
      return { name };
  }
}

function parseExtension(duration: unknown): Taken | string {
  const ms = typeof duration === 'number' ? duration : typeof duration === 'string' ? parseDuration(duration) : null;
  if (ms === null || !Number.isInteger(ms) || ms <= 0) return 'extend takes {"duration": "10m"}: a positive duration';
  return ms <= MAX_EXTENSION_MS ? { name: 'extend', ms } : 'extend takes at most 720h at once';
}
