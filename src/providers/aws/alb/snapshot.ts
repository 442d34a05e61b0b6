/** The forwards as they are before a deployment writes anything, as plain JSON: target groups and weights, no secrets. */
import type { Json } from '../../../core/plan.ts';
import type { Forward } from './actions.ts';
import type { Before } from './changes.ts';

export interface Snapshot {
  /** Null where they were not those of a deployment (somebody else's target groups, a maintenance page). */
  production: Before | null;
  test: Before | null;
}

export const beforeOf = ({ form, groups }: Forward): Before => ({ form, groups });

export const toJson = ({ production, test }: Snapshot): Json => ({ production: asJson(production), test: asJson(test) });

const asJson = (before: Before | null): Json => before && { form: before.form, groups: before.groups.map((group) => ({ ...group })) };

/** What no snapshot of ours looks like says nothing. */
export function fromJson(json: Json | null): Snapshot {
  const { production, test } = isObject(json) ? json : {};
  return { production: beforeIn(production), test: beforeIn(test) };
}

function beforeIn(json: Json | undefined): Before | null {
  if (!isObject(json) || !Array.isArray(json.groups) || json.groups.length === 0) return null;
  if (json.form !== 'arn' && json.form !== 'config' && json.form !== 'both') return null;
  const groups = json.groups.flatMap((group) => {
    if (!isObject(group) || typeof group.arn !== 'string') return [];
    return [{ arn: group.arn, ...(typeof group.weight === 'number' && { weight: group.weight }) }];
  });
  return groups.length === json.groups.length ? { form: json.form, groups } : null;
}

const isObject = (json: Json | null | undefined): json is { [key: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
