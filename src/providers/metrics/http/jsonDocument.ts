import { Failure } from '../../../core/failure.ts';
import type { Reading } from '../../types.ts';
import { readNumber } from '../number.ts';

/** The number at `pointer` (RFC 6901, or a dotted path). Nothing there, or null: no data. Throws Unavailable for anything else. */
export function readJson(text: string, pointer: string): Reading {
  const where = pointer === '' ? 'the document' : pointer;
  const value = resolve(parse(text), pointer);
  if (value === undefined) return { value: null, detail: `the document has no ${where}` };
  if (value === null) return { value: null, detail: `${where} is null` };
  if (typeof value === 'number') return readNumber(String(value), where);
  // Prometheus writes the values of its JSON answers as text.
  if (typeof value === 'string') return value.trim() === '' ? { value: null, detail: `${where} is empty` } : readNumber(value, where);
  throw new Failure('Unavailable', `${where} is not a number: ${Array.isArray(value) ? 'a list' : `of type ${typeof value}`}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure('Unavailable', `the answer is not JSON: ${JSON.stringify(text.slice(0, 100))}`);
  }
}

function resolve(document: unknown, pointer: string): unknown {
  let value = document;
  for (const key of keysOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function keysOf(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return pointer.split('.');
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
