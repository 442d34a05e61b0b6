import type { StatusDocument } from '../../src/contract.ts';

/** A deployment of v2 that is being monitored, with whatever a test says of it. */
export const documentOf = (part: Partial<StatusDocument> = {}): StatusDocument => ({
  service: 'shop',
  deploymentId: 'd-2',
  kind: 'deployment',
  version: 'v2',
  previousVersion: 'v1',
  color: 'green',
  previousColor: 'blue',
  liveColor: 'green',
  phase: 'monitoring',
  outcome: null,
  reason: null,
  startedAt: '2026-01-01T10:00:00.000Z',
  switchedAt: '2026-01-01T10:00:20.000Z',
  endedAt: null,
  steps: [
    { name: 'deploy', state: 'done', startedAt: '2026-01-01T10:00:00.000Z', endedAt: '2026-01-01T10:00:12.000Z', detail: 'ready' },
    { name: 'monitor', state: 'running', startedAt: '2026-01-01T10:00:20.000Z', endedAt: null, detail: null },
  ],
  smokeTests: [{ name: 'health', passed: true, detail: '200 in 12 ms', durationMs: 12 }],
  monitor: {
    endsAt: '2026-01-01T10:10:20.000Z',
    checks: [{ name: 'error-rate', value: 0.001, max: 0.05, samples: 3, failures: 0, noData: 0, values: [0, 0.05, 0.001], detail: null }],
  },
  until: null,
  queue: [],
  requestedBy: 'ana',
  decisions: [],
  actions: ['promote', 'extend', 'rollback'],
  ...part,
});

export const at = (time: string): number => Date.parse(`2026-01-01T${time}.000Z`);
