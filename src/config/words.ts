import type * as z from 'zod';
import { didYouMean } from './suggest.ts';

const KINDS: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** What was found, as a person would name it; long values are cut. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value);
}

/** `expected text, found 5`; a value that is not there at all is `missing; expected text`. */
export function expectedFound(expected: string, value: unknown): string {
  if (value === undefined) return `missing; ${expected}`;
  const quote = expected === 'expected text' && typeof value !== 'object' ? ` (write it in quotes: "${value}")` : '';
  return `${expected}, found ${found(value)}${quote}`;
}

export function expectedOneOf(allowed: readonly unknown[], value: unknown): string {
  const names = allowed.map(String);
  const expected = names.length === 1 ? `expected ${names[0]}` : `expected one of ${names.join(', ')}`;
  if (value === undefined) return `missing; ${expected}`;
  return `${expected}; found ${found(value)}${didYouMean(value, names)}`;
}

/**
 * Words an issue that zod found, where the schema has no words of its own for it. Several unknown keys are one issue
 * to zod: their messages are lines of one text here, in the order of `keys`.
 */
export function word(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return expectedFound(`expected ${KINDS[issue.expected] ?? issue.expected}`, issue.input);
    case 'invalid_value':
      return expectedOneOf(issue.values, issue.input);
    case 'too_small':
      return expectedFound(bound(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.origin), issue.input);
    case 'too_big':
      return expectedFound(bound(issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue.origin), issue.input);
    case 'invalid_format':
      return expectedFound(`expected text that matches ${issue.pattern ?? issue.format}`, issue.input);
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, knownKeys(issue.inst))).join('\n');
    default:
      return undefined;
  }
}

function bound(relation: string, limit: number | bigint, origin: string): string {
  const unit = { string: 'character', array: 'entry' }[origin];
  if (unit === undefined) return `expected ${relation} ${limit}`;
  const plural = unit === 'entry' ? 'entries' : 'characters';
  return `expected ${relation} ${limit} ${Number(limit) === 1 ? unit : plural}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const hint = didYouMean(key, known);
  return `unknown key${hint === '' && known.length <= 16 ? ` (known keys are ${known.join(', ')})` : hint}`;
}

function knownKeys(schema: unknown): string[] {
  return Object.keys((schema as z.ZodObject).shape);
}
