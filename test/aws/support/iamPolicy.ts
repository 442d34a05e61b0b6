/** The published IAM policy, and whether it allows a request: as much of IAM's evaluation as the policy uses. */
import { readFileSync } from 'node:fs';
import type { RecordedCall } from './faultProxy.ts';
import { permissionsOf } from './iamPermissions.ts';

interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Policy {
  Version: string;
  Statement: Statement[];
}

/** One right that AWS asks for before it carries out a request. */
export interface Permission {
  action: string;
  /** An ARN, or * where the action has no resources. */
  resource: string;
  /** Keys of conditions, as AWS fills them for the request. */
  context: Record<string, string[]>;
}

export const list = (value: string | string[]): string[] => (typeof value === 'string' ? [value] : value);

export const readPolicy = (): Policy => JSON.parse(readFileSync(new URL('../../../docs/aws/iam-policy.json', import.meta.url), 'utf8'));

/** The statements whose Sid begins with one of these (`Alb`, `Ecs`), their placeholders replaced. */
export function statementsFor(parts: string[], values: Record<string, string>): Statement[] {
  const text = JSON.stringify(readPolicy().Statement.filter(({ Sid }) => parts.some((part) => Sid.startsWith(part))));
  // Placeholders are in capitals, with underscores.
  return JSON.parse(text.replace(/\b[A-Z][A-Z_]+\b/g, (name) => values[name] ?? name));
}

/** What of a life the statements do not allow, and what of the statements that life does not need. Both empty: minimal. */
export function compare(statements: Statement[], calls: RecordedCall[]): { denied: string[]; unused: string[] } {
  const unused = new Set(statements.flatMap(({ Sid, Action }) => list(Action).map((action) => `${Sid}: ${action}`)));
  const denied = new Set<string>();
  for (const permission of calls.flatMap(permissionsOf)) {
    const allowing = statements.filter((statement) => allows(statement, permission));
    for (const { Sid } of allowing) unused.delete(`${Sid}: ${permission.action}`);
    if (allowing.length === 0) denied.add(`${permission.action} on ${permission.resource} ${JSON.stringify(permission.context)}`);
  }
  return { denied: [...denied], unused: [...unused] };
}

function allows({ Effect, Action, Resource, Condition = {} }: Statement, { action, resource, context }: Permission): boolean {
  return (
    Effect === 'Allow' &&
    list(Action).includes(action) &&
    list(Resource).some((pattern) => matches(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => {
        const given = context[key] ?? [];
        const isMet = given.every((value) => list(wanted).includes(value));
        // Without ForAllValues a key that the request does not have is not equal to anything.
        return isMet && (operator.startsWith('ForAllValues:') || given.length > 0);
      }),
    )
  );
}

const matches = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`).test(value);
