import type * as z from 'zod';
import type { KeyPath } from './errors.ts';
import { expectedOneOf, found, word } from './words.ts';

/** A fault before it has a line. */
export interface Complaint {
  path: KeyPath;
  message: string;
}

type Issue = z.core.$ZodIssue;

/** Parses with a schema: its output, or all that is wrong in our words. */
export function parseWith<S extends z.ZodType>(schema: S, data: unknown): { data: z.output<S> } | { complaints: Complaint[] } {
  const result = schema.safeParse(data, { error: word, reportInput: true });
  return result.success ? { data: result.data } : { complaints: result.error.issues.flatMap(complaintsOf) };
}

function complaintsOf(issue: Issue): Complaint[] {
  const path = issue.path as KeyPath;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.message.split('\n').map((message, index) => ({ path: [...path, issue.keys[index]!], message }));
    case 'invalid_union':
      return ofUnion(issue, path);
    case 'invalid_key':
      return [{ path, message: `bad key: ${issue.issues.map((inner) => inner.message).join('; ')}` }];
    default:
      return [{ path, message: withFound(issue) }];
  }
}

/** Schemas and providers word what they expect; what was found is added here. */
function withFound(issue: Issue): string {
  const isComplete = /[,;] found /.test(issue.message) || typeof issue.input === 'object' || issue.input === undefined;
  const ownWords = issue.code === 'custom' && !issue.message.startsWith('expected');
  return isComplete || ownWords ? issue.message : `${issue.message}, found ${found(issue.input)}`;
}

/** Of alternatives, the one that the value was probably meant to be is what we complain about. */
function ofUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: KeyPath): Complaint[] {
  if ('options' in issue && issue.discriminator !== undefined) {
    const input = issue.input as Record<string, unknown>;
    return [{ path, message: expectedOneOf((issue.options as unknown[]) ?? [], input[issue.discriminator]) }];
  }
  const meant = issue.errors.filter((branch) => !branch.some(isOtherKind));
  if (meant.length === 1) {
    return meant[0]!.flatMap(complaintsOf).map((inner) => ({ path: [...path, ...inner.path], message: inner.message }));
  }
  const expected = issue.errors.map((branch) => /^expected (.*?)(?:[,;] found |$)/.exec(branch[0]?.message ?? '')?.[1] ?? 'another value');
  return [{ path, message: `expected ${expected.join(' or ')}, found ${found(issue.input)}` }];
}

const isOtherKind = (issue: Issue): boolean => issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
