import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What needs a Kubernetes control plane, or a Prometheus server, has a set-up of its own: npm run test:kubernetes.
    exclude: ['test/kubernetes/!(examples).test.ts'],
    globalSetup: ['test/support/globalSetup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, and tests that mostly wait for real servers and processes.
    maxWorkers: 3,
    passWithNoTests: false,
  },
});
