import { describe, expect, test } from 'vitest';
import { report } from '../../src/cli/errors.ts';
import { exitOf } from '../../src/cli/exit.ts';
import { ClientError } from '../../src/client/errors.ts';
import { ConfigError } from '../../src/config/errors.ts';
import { documentOf } from './document.ts';

describe('the exit status', () => {
  test.each([
    ['succeeded', 0],
    ['failed', 4],
    ['rejected', 4],
    ['aborted', 4],
    ['superseded', 4],
    ['rolled-back', 5],
  ] as const)('of a deployment that %s is %i', (outcome, code) => {
    expect(exitOf(documentOf({ outcome }))).toBe(code);
  });

  test('of a deployment that needs a person is 6, whatever its outcome had been', () => {
    expect(exitOf(documentOf({ phase: 'needs-intervention', outcome: 'succeeded' }))).toBe(6);
  });

  test('is not known while a deployment goes on', () => {
    expect(exitOf(documentOf())).toBeNull();
  });

  test.each([
    [new ClientError('Refused', 'busy'), 3],
    [new ClientError('NotDeployed', 'never'), 3],
    [new ClientError('Invalid', 'what?'), 2],
    [new ClientError('NoServer', 'gone'), 1],
    [new ClientError('NoWorker', 'none'), 1],
    [new ConfigError('cutover.yaml', [{ line: 3, path: 'monitor', message: 'unknown' }]), 2],
  ])('%s', (error, code) => {
    expect(report(error)).toMatchObject({ exitCode: code, bug: false, document: { type: error.name, message: error.message } });
  });

  test('a faulty service file says its faults one by one, for programs', () => {
    const faults = [{ line: 3, path: 'monitor', message: 'unknown' }];
    expect(report(new ConfigError('cutover.yaml', faults)).document.faults).toEqual(faults);
  });

  test('a fault of our own is called a bug; a disk that is full is none', () => {
    expect(report(new TypeError('x is undefined'))).toMatchObject({ exitCode: 1, bug: true });
    expect(report(Object.assign(new Error('ENOSPC'), { syscall: 'write' }))).toMatchObject({ exitCode: 1, bug: false });
  });
});
