import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/globalSetup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Real servers and processes on two cores: more files at once only make each other slow.
    maxWorkers: 2,
    passWithNoTests: false,
  },
});
