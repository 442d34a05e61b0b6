/** What a fresh worker says of its own service. */
import { expect, test } from 'vitest';
import type { Finding, Observed } from '../../src/contract.ts';
import type { Plan } from '../../src/core/plan.ts';
import { firstLook } from '../../src/firstLook.ts';

const seeing = (findings: Finding[]) => ({
  observe: async () => ({ routing: { to: 'blue', summary: 'Service prod/shop selects color=blue' }, findings }) as unknown as Observed,
});
const finding = (severity: Finding['severity'], message: string): Finding => ({ severity, message, cure: 'mend it' });
const plan = { service: 'shop' } as Plan;

test('a fresh worker says where users are, and what a deployment would end with', async () => {
  const found = [finding('warning', 'no readiness probe'), finding('error', 'the worker may not patch services prod/shop')];
  expect(await firstLook(seeing(found), plan)).toEqual([
    'shop: Service prod/shop selects color=blue',
    'shop: the worker may not patch services prod/shop: mend it',
  ]);
  expect(await firstLook(seeing([]), plan)).toHaveLength(1);
});
