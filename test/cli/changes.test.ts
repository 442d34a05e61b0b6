import { describe, expect, test } from 'vitest';
import { changeLines } from '../../src/cli/render/changes.ts';
import { PLAIN } from '../../src/cli/render/style.ts';
import type { StatusDocument } from '../../src/contract.ts';
import { at, documentOf } from './document.ts';

const changes = (before: StatusDocument | null, after: StatusDocument): string[] => changeLines(before, after, PLAIN, at('10:01:20'));

describe('progress in a log', () => {
  test('what did not change is not said again', () => {
    expect(changes(documentOf(), documentOf())).toEqual([]);
  });

  test('every new sample of a check is a line, with the time left', () => {
    const checks = [{ ...documentOf().monitor!.checks[0]!, value: 0.2, samples: 4, failures: 1, values: [0, 0.05, 0.001, 0.2] }];
    const after = documentOf({ monitor: { endsAt: '2026-01-01T10:10:20.000Z', checks } });
    expect(changes(documentOf(), after)).toEqual(['check ✗ error-rate 20% ▁▃▁█ max 5%, 4 samples, 1 failed, 9m 00s left']);
  });

  test('an outcome is said with its reason', () => {
    const after = documentOf({ phase: 'ended', outcome: 'rolled-back', reason: 'error-rate was 0.2 (max 0.05)' });
    expect(changes(documentOf(), after)).toEqual(['rolled-back: error-rate was 0.2 (max 0.05)']);
  });

  test('a wait for approval names the commands that answer it', () => {
    const after = documentOf({ phase: 'awaiting-approval', monitor: null, actions: ['approve', 'reject'] });
    expect(changes(documentOf({ monitor: null }), after)).toEqual([
      'awaiting-approval v2 waits for approval',
      '  cutover approve shop',
      '  cutover reject shop',
    ]);
  });

  test('the next deployment is told from its beginning', () => {
    const next = documentOf({ deploymentId: 'd-3', version: 'v3', phase: 'deploying', steps: [], smokeTests: [], monitor: null });
    expect(changes(documentOf(), next)).toEqual(['deploying v3 is brought up on green']);
  });
});
