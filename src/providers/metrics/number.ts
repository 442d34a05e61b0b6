import { Failure } from '../../core/failure.ts';
import type { Reading } from '../types.ts';

/**
 * A number as systems write it. NaN is no data. An infinite value (a division by nothing) has no form in JSON and still
 * has to break every bound: it is the largest number that has one. Throws Unavailable for anything else.
 */
export function readNumber(written: string, where: string): Reading {
  const text = written.trim();
  if (/^[+-]?nan$/i.test(text)) return { value: null, detail: `${where} is NaN` };
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return { value: infinite[1] === '-' ? -Number.MAX_VALUE : Number.MAX_VALUE, detail: `${where} is ${text}` };
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    throw new Failure('Unavailable', `${where} is not a number: ${JSON.stringify(text.slice(0, 100))}`);
  }
  return { value: Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number(text))) };
}
