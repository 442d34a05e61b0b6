/** What the Services selected before a deployment wrote anything, as plain JSON. */
import { COLORS, type Color, type Json } from '../../../core/plan.ts';

export interface Snapshot {
  live: Color | null;
  /** What the selector of the preview said: null where it had no such key, undefined where there is none of ours. */
  preview?: string | null;
}

export const toJson = ({ live, preview }: Snapshot): Json => ({ live, ...(preview !== undefined && { preview }) });

/** What no snapshot of ours looks like says nothing. */
export function fromJson(json: Json | null): Snapshot {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { live: null };
  const live = COLORS.find((color) => color === json.live) ?? null;
  const { preview } = json;
  return { live, ...((preview === null || typeof preview === 'string') && { preview }) };
}
