/** Who wrote a field last, as the API server keeps it in managedFields. Pure. */
import type { V1ManagedFieldsEntry } from '@kubernetes/client-node';

/** What a writer is known by: entries of typed clients have a Date, those of custom objects the text of one. */
type Entry = Omit<V1ManagedFieldsEntry, 'time'> & { time?: Date | string };

/** ` (written by kubectl-patch at 2026-11-21T18:00:00.000Z)`; empty where nobody is known. `path` is of names of fields: spec, selector, color. */
export function writtenBy(entries: readonly Entry[] | undefined, path: readonly string[]): string {
  const owners = (entries ?? []).filter(({ fieldsV1 }) => owns(fieldsV1, path));
  const newest = owners.sort((a, b) => timeOf(b) - timeOf(a))[0];
  if (!newest?.manager) return '';
  return ` (written by ${newest.manager}${newest.time ? ` at ${new Date(newest.time).toISOString()}` : ''})`;
}

const timeOf = ({ time }: Entry): number => (time ? new Date(time).getTime() : 0);

/** Maps and lists that are atomic (a Service's selector is) have an owner as a whole: the path ends there. */
function owns(fields: unknown, path: readonly string[]): boolean {
  let at = fields;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return false;
    const here = at as Record<string, unknown>;
    if (at !== fields && Object.keys(here).length === 0) return true;
    at = here[`f:${name}`];
  }
  return at !== undefined;
}
