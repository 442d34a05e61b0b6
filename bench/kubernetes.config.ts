import { defineConfig, mergeConfig } from 'vitest/config';
import tests from '../test/kubernetes/vitest.config.ts';

export default mergeConfig(
  { ...tests, test: { ...tests.test, include: [] } },
  defineConfig({ test: { include: ['bench/kubernetes.ts'], testTimeout: 900_000 } }),
);
