import type { CheckStatus } from '../../contract.ts';
import { sparkline } from './sparkline.ts';
import type { Style } from './style.ts';

/** `0.10%` for a fraction that is called a rate or a ratio, else the number as it is, short. */
export function checkValue(name: string, value: number, bound: number): string {
  const fraction = Math.abs(bound) <= 1 && /rate|ratio|error|share|percent|availability/i.test(name);
  if (fraction) return `${trim((value * 100).toFixed(2))}%`;
  return Math.abs(value) >= 1_000 ? value.toFixed(0) : trim(value.toPrecision(4));
}

const trim = (number: string): string => (number.includes('.') && !number.includes('e') ? number.replace(/\.?0+$/, '') : number);

/** `error-rate  0.1% ▁▂▁ max 5%, 3 samples` */
export function checkLine(check: CheckStatus, style: Style): string {
  const bound = check.max ?? check.min ?? 0;
  const value = check.value === null ? 'no data' : checkValue(check.name, check.value, bound);
  const mark = isBroken(check) ? style.red('✗') : check.value === null ? style.yellow('?') : style.green('✔');
  const bars = style.cyan(sparkline(check.values, check.max ?? check.min));
  return [mark, style.bold(check.name), value, bars, style.dim(facts(check, bound))].filter((part) => part !== '').join(' ');
}

const isBroken = ({ value, max, min }: CheckStatus): boolean =>
  value !== null && ((max !== undefined && value > max) || (min !== undefined && value < min));

function facts(check: CheckStatus, bound: number): string {
  const limits = [
    check.max === undefined ? '' : `max ${checkValue(check.name, check.max, bound)}`,
    check.min === undefined ? '' : `min ${checkValue(check.name, check.min, bound)}`,
  ];
  const counts = [
    `${check.samples} ${check.samples === 1 ? 'sample' : 'samples'}`,
    check.failures > 0 ? `${check.failures} failed` : '',
    check.noData > 0 ? `${check.noData} without data` : '',
    check.value === null ? (check.detail ?? '') : '',
  ];
  return [...limits, ...counts].filter((part) => part !== '').join(', ');
}
