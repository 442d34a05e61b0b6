/** Where a rule of an HTTPRoute sends users, in terms of the two colors, and what a switch changes of it. Pure. */
import { COLORS, type Color } from '../../../core/plan.ts';
import type { Routing } from '../../../core/routing.ts';
import type { Backends } from './options.ts';
import type { BackendRef, Operation, Rule } from './route.ts';

export const weightOf = ({ weight }: BackendRef): number => weight ?? 1;

/** `namespace` is that of the route, which backends have where they do not say. */
export function colorOf(ref: BackendRef, backends: Backends, namespace: string): Color | null {
  const isService = (ref.group ?? '') === '' && (ref.kind ?? 'Service') === 'Service' && (ref.namespace ?? namespace) === namespace;
  return COLORS.find((color) => isService && ref.name === backends[color].service && ref.port === backends[color].port) ?? null;
}

/** 'none' where the Gateway answers with an error: no backend has weight. Backends of others without weight do no harm. */
export function routedTo({ filters, backendRefs = [] }: Rule, backends: Backends, namespace: string): Routing['to'] {
  if (filters?.some(({ type }) => type === 'RequestRedirect')) return 'other';
  const live = new Set(backendRefs.filter((ref) => weightOf(ref) > 0).map((ref) => colorOf(ref, backends, namespace)));
  if (live.size === 0) return 'none';
  return live.size === 1 ? ([...live][0] ?? 'other') : 'other';
}

export function inWords({ filters, backendRefs = [] }: Rule, backends: Backends, namespace: string): string {
  if (filters?.some(({ type }) => type === 'RequestRedirect')) return 'redirects';
  const listed = backendRefs.map((ref) => {
    const where = `${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}${ref.port === undefined ? '' : `:${ref.port}`}`;
    return `${where} with weight ${weightOf(ref)} (${colorOf(ref, backends, namespace) ?? 'neither blue nor green'})`;
  });
  return listed.length === 0 ? 'has no backends' : `sends to ${listed.join(', ')}`;
}

/**
 * All users to `to`, with the weight that the live color has; all else stays in the list with weight 0, each with its filters. Only
 * weights are written, and one backend where `to` has none yet.
 */
export function switched({ backendRefs }: Rule, at: number, to: Color, backends: Backends, namespace: string): Operation[] {
  const path = `/spec/rules/${at}/backendRefs`;
  const refs = backendRefs ?? [];
  const weight = Math.max(0, ...refs.filter((ref) => colorOf(ref, backends, namespace) !== null).map(weightOf)) || 1;
  const operations = refs.flatMap((ref, index): Operation[] => {
    const wanted = colorOf(ref, backends, namespace) === to ? weight : 0;
    // `add` replaces what is there.
    return weightOf(ref) === wanted ? [] : [{ op: 'add', path: `${path}/${index}/weight`, value: wanted }];
  });
  if (refs.some((ref) => colorOf(ref, backends, namespace) === to)) return operations;
  const added = { name: backends[to].service, port: backends[to].port, weight };
  return backendRefs ? [...operations, { op: 'add', path: `${path}/-`, value: added }] : [{ op: 'add', path, value: [added] }];
}
