import { describe, expect, test } from 'vitest';
import { count, freshTally, isRemarkable, judge, judgeWindow } from '../../src/core/gate.ts';
import type { Check } from '../../src/core/plan.ts';
import { check } from './plans.ts';

type Value = number | null | 'unmeasured';

const reading = (value: Value) => ({
  name: 'error-rate',
  value: value === 'unmeasured' ? null : value,
  failed: value === 'unmeasured',
  detail: null,
});

const tallyOf = (rules: Check, values: Value[]) => values.reduce((tally, value) => count(rules, tally, reading(value)), freshTally(rules));

const whileOpen = (changes: Partial<Check>, values: Value[]) => judge(check(changes), tallyOf(check(changes), values)).is;
const atTheEnd = (changes: Partial<Check>, values: Value[]) => judgeWindow(check(changes), tallyOf(check(changes), values)).is;

describe('A check', () => {
  test.each([
    ['at its max passes', {}, [0.05], 'pass'],
    ['above its max fails', {}, [0.051], 'fail'],
    ['at its min passes', { max: null, min: 10 }, [10], 'pass'],
    ['below its min fails', { max: null, min: 10 }, [9.9], 'fail'],
    ['fails at the first failed sample when none is forgiven', { failureLimit: 0 }, [0, 1], 'fail'],
    ['forgives as many failed samples as its failureLimit says', { failureLimit: 2 }, [1, 0, 1], 'pass'],
    ['fails with one failed sample more than that', { failureLimit: 2 }, [1, 0, 1, 1], 'fail'],
    ['that ignores samples without data goes on', { noData: 'ignore' as const }, [null, null], 'pass'],
    ['for which no data is a failure fails', { noData: 'fail' as const }, [0, null], 'fail'],
    ['for which no data is a failure forgives it like any other', { noData: 'fail' as const, failureLimit: 1 }, [0, null], 'pass'],
    ['for which no data is a pause asks a person', { noData: 'pause' as const }, [0, null], 'inconclusive'],
    ['treats a source that does not answer as no data', { noData: 'fail' as const }, ['unmeasured' as const], 'fail'],
  ])('%s', (_, changes, values, verdict) => {
    expect(whileOpen(changes, values)).toBe(verdict);
  });

  test.each([
    ['too few samples with data', { minSamples: 3 }, [0, null, 0], 'inconclusive'],
    ['just enough samples with data', { minSamples: 2 }, [0, null, 0], 'pass'],
    ['no data at all, and none needed', {}, [null, null], 'pass'],
    ['a source that never answered', {}, ['unmeasured' as const, 'unmeasured' as const], 'inconclusive'],
    ['a source that answered once', {}, ['unmeasured' as const, 0], 'pass'],
    ['a broken bound, whatever else', { minSamples: 9 }, [1], 'fail'],
  ])('A window that ends with %s', (_, changes, values, verdict) => {
    expect(atTheEnd(changes, values)).toBe(verdict);
  });

  test('says in its reason what was found, what is allowed, and what was forgiven', () => {
    const rules = check({ failureLimit: 1 });
    expect(judge(rules, tallyOf(rules, [0.5, 0.123456]))).toEqual({
      is: 'fail',
      reason: 'error-rate was 0.1235 (max 0.05, 2 failed samples with 1 forgiven)',
    });
  });

  test('keeps its newest sixty values for people to see, and counts all', () => {
    const tally = tallyOf(
      check(),
      [...Array(100).keys()].map((index) => index / 10_000),
    );
    expect(tally).toMatchObject({ samples: 100, failures: 0, noData: 0, value: 0.0099 });
    expect(tally.values).toHaveLength(60);
    expect(tally.values.at(-1)).toBe(0.0099);
  });
});

describe('A batch of samples ends early', () => {
  const sample = (value: Value, changes = {}) => ({
    at: 0,
    routing: { to: 'green' as const, summary: '' },
    ready: 1,
    detail: null,
    checks: [reading(value)],
    ...changes,
  });

  test.each([
    ['for a failed sample', sample(1), {}, true],
    ['for a sample without data that pauses', sample(null), { noData: 'pause' as const }, true],
    ['when the router is somewhere else', sample(0, { routing: { to: 'blue', summary: '' } }), {}, true],
    ['when nothing is ready any more', sample(0, { ready: 0 }), {}, true],
    ['not for a good sample', sample(0), {}, false],
    ['not for a sample without data that is ignored', sample(null), {}, false],
    ['not when router and environment could not be read this time', sample(0, { routing: null, ready: null }), {}, false],
  ])('%s', (_, taken, changes, remarkable) => {
    expect(isRemarkable([check(changes)], taken, 'green')).toBe(remarkable);
  });
});
