import { describe, test } from 'vitest';
import { messageOf } from '../../../src/temporal/errors.ts';
import { prometheusBinary } from './binary.ts';

/**
 * A group of tests that need a real Prometheus server, given its path. Where none can be had they are not run, which is said in one
 * line; with CI set they fail, so that nobody takes them for passed.
 */
export async function describePrometheus(name: string, define: (binary: string) => void): Promise<void> {
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const binary = await prometheusBinary({ progress });
    describe(name, () => define(binary));
  } catch (error) {
    const reason = messageOf(error);
    if (process.env.CI) {
      test(`${name}: Prometheus is there`, () => {
        throw new Error(`the tests with Prometheus cannot run: ${reason}`);
      });
    } else {
      progress(`the tests with Prometheus are not run on this machine: ${reason}`);
      describe.skip(name, () => define(''));
    }
  }
}
