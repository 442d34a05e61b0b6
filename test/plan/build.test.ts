import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { parseVersion } from '../../src/plan/version.ts';
import { createRouter, routerDefinition } from '../../src/providers/registry.ts';

describe('a version', () => {
  it.each(['v2', '1.10.0', '2026-01-01', 'sha-0a1b2c', '1.0.0+build.5', 'a', 'A'.repeat(128)])('%s is taken as it is', (version) => {
    expect(parseVersion(version)).toBe(version);
  });

  it.each(['', '-rf', '.', '../etc', 'v 2', 'v2\n', 'v2;rm', '$(id)', 'a/b', 'é', 'A'.repeat(129)])('%j is refused', (version) => {
    expect(() => parseVersion(version)).toThrow(/is no version: expected 1 to 128 letters/);
  });
});

describe('a provider that this build does not have', () => {
  const context = {
    service: 'shop',
    folder: '/',
    stateDir: '/',
    endpoints: { blue: null, green: null, preview: null },
    router: { type: 'local', options: {} },
  };

  it('is refused with the ones that it has', async () => {
    const attempt = createRouter({ type: 'abacus', options: {} }, context);
    await expect(attempt).rejects.toThrow('no router is called "abacus": known types are local, ');
    await expect(attempt).rejects.toMatchObject({ type: 'InvalidConfiguration' });
  });

  it.each(['toString', '__proto__', 'constructor', ''])('is no accident of the language: %j', (type) => {
    expect(() => routerDefinition(type)).toThrow(Failure);
  });
});
