/** The published Role, and whether it allows a request. */
import { readFileSync } from 'node:fs';
import type { V1PolicyRule, V1Role } from '@kubernetes/client-node';
import { parse } from 'yaml';

export interface Requested {
  verb: string;
  resource: string;
  /** Of any where it is not said. */
  group?: string;
}

export const readRole = (): V1Role & { rules: V1PolicyRule[] } =>
  parse(readFileSync(new URL('../../../deploy/base/role.yaml', import.meta.url), 'utf8'));

export const allows = ({ apiGroups = [], resources = [], verbs }: V1PolicyRule, { verb, resource, group }: Requested): boolean =>
  verbs.includes(verb) && resources.includes(resource) && (group === undefined || apiGroups.includes(group));

/** `patch services`, one for each verb of each resource. */
export const rightsIn = (rules: readonly V1PolicyRule[]): string[] =>
  rules.flatMap(({ resources = [], verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
