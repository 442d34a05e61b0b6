import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/globalSetup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, and tests that mostly wait for real servers and processes.
    maxWorkers: 3,
    passWithNoTests: false,
  },
});
