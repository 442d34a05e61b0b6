import { expect } from 'vitest';
import type { Ended } from './cli.ts';

/** Runs a command to its end; one that fails is shown with all that it said. */
export async function succeeds(of: { cutover(...args: string[]): Promise<Ended> }, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await of.cutover(...args);
  expect(code, stdout + stderr).toBe(0);
}
