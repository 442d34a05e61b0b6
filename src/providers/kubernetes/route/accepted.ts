/** What the controllers of the Gateways say of a route. Pure. */
import type { Condition, HttpRoute, ParentRef } from './route.ts';

const WATCHED = ['Accepted', 'ResolvedRefs'];

/** Reports of Gateways that the route has left are history. */
function reports({ metadata, spec, status }: HttpRoute): Condition[] {
  const parents = (spec?.parentRefs ?? []).map(inText);
  const current = (status?.parents ?? []).filter(({ parentRef }) => parents.includes(inText(parentRef)));
  return current.flatMap(({ conditions = [] }) => conditions.filter(({ type }) => WATCHED.includes(type)));

  // Some controllers write the route's own namespace out.
  function inText({ namespace = metadata.namespace ?? '', name, sectionName = '', port }: ParentRef): string {
    return JSON.stringify([namespace, name, sectionName, port]);
  }
}

/**
 * Whether each controller that reports at all has seen this generation. One that has, and refuses it, is not waited for: what that
 * does to users is seen there.
 */
export const isTakenOver = (route: HttpRoute, generation: number): boolean =>
  reports(route).every(({ observedGeneration }) => observedGeneration === undefined || observedGeneration >= generation);

/** In the controllers' words, what they refuse of the route as it is. */
export const refusals = (route: HttpRoute): string[] =>
  reports(route)
    .filter(({ status, observedGeneration = 0 }) => status === 'False' && observedGeneration >= (route.metadata.generation ?? 0))
    .map(({ type, reason, message }) => `${type} is False (${[reason, message].filter(Boolean).join(': ')})`);
