import { describe, inject, test } from 'vitest';

/**
 * A group of tests that need the AWS emulator. Where it cannot be had they are not run, which globalSetup has said in one line;
 * with CI set they fail, so that nobody takes them for passed.
 */
export function describeAws(name: string, define: () => void): void {
  const { python, reason } = inject('aws');
  if (python !== null) describe(name, define);
  else if (process.env.CI) {
    test(`${name}: the AWS emulator is there`, () => {
      throw new Error(`the AWS tests cannot run: ${reason}`);
    });
  } else describe.skip(name, define);
}
