/** Which rule of an HTTPRoute is the one that is switched. Pure. */
import { Failure } from '../../../core/failure.ts';
import type { RouteRouterOptions } from './options.ts';
import type { HttpRoute, Rule } from './route.ts';
import { colorOf } from './weights.ts';

export interface Found {
  rule: Rule;
  /** Its place in the list. */
  at: number;
}

/** Throws InvalidConfiguration where none is, or several are. `name` is namespace/name of the route. */
export function findRule(name: string, { spec }: HttpRoute, { rule, backends }: RouteRouterOptions, namespace: string): Found {
  const rules = (spec?.rules ?? []).map((candidate, at): Found => ({ rule: candidate, at }));
  const found = rules.filter(({ rule: candidate, at }) =>
    rule === undefined ? hasColor(candidate) : typeof rule === 'number' ? at === rule : candidate.name === rule,
  );
  if (found.length === 1) return found[0]!;
  // Its backends were replaced: there is no other that could be meant.
  if (rule === undefined && found.length === 0 && rules.length === 1) return rules[0]!;
  throw new Failure('InvalidConfiguration', why());

  function hasColor({ backendRefs = [] }: Rule): boolean {
    return backendRefs.some((ref) => colorOf(ref, backends, namespace) !== null);
  }

  function why(): string {
    const ours = `the backends ${backends.blue.service}:${backends.blue.port} or ${backends.green.service}:${backends.green.port}`;
    if (found.length > 1) return `HTTPRoute ${name} has ${found.length} rules with ${ours}; say which one is switched with router.rule`;
    if (rule === undefined)
      return `HTTPRoute ${name} has no rule with ${ours}; correct router.backends, or say which rule with router.rule`;
    const names = rules.map(({ rule: { name: known }, at }) => (known ? `${at} (${known})` : String(at))).join(', ');
    return `HTTPRoute ${name} has no rule ${JSON.stringify(rule)}; correct router.rule: its rules are ${names || 'none'}`;
  }
}
