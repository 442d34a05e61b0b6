/** Deployments by the real command that are watched by a real Prometheus server, which reads the counters of both colors. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Color } from '../../src/core/plan.ts';
import { startDev } from '../e2e/support/dev.ts';
import { Service } from '../e2e/support/service.ts';
import { describePrometheus } from '../providers/prometheus/available.ts';
import { type PrometheusServer, startPrometheus } from '../providers/prometheus/server.ts';

vi.setConfig({ testTimeout: 180_000 });

await describePrometheus('watched by a real Prometheus', (binary) => {
  let app: CountingApp;
  let prometheus: PrometheusServer;
  let service: Service;
  let errors: object;
  const monitorFor = (duration: string) => ({ duration, interval: '1s', checks: [errors] });

  beforeEach(async () => {
    app = await startCountingApp();
    prometheus = await startPrometheus(binary, { scrape: app.address });
    const rate = (codes: string) => `sum(rate(hits_total{color="{color}"${codes}}[{window}]))`;
    const query = `${rate(',code=~"5.."')} / ${rate('')}`;
    errors = { name: 'errors', source: { type: 'prometheus', url: prometheus.url, query, minWindow: '1s' }, max: 0.2 };
    service = await Service.create({ file: { monitor: monitorFor('3s') } });
    await startDev(service);
    expect((await service.cutover('deploy', 'v1', '--wait')).code).toBe(0);
  });
  afterEach(async () => {
    await service?.discard();
    await prometheus?.stop();
    await app?.close();
  });

  test('errors of the new color send users back, and the status has the number; errors of the old color do not', async () => {
    app.failing.add('blue');
    const passed = await service.cutover('deploy', 'v2', '--wait');
    expect(passed.code, passed.stdout + passed.stderr).toBe(0);

    app.failing.delete('blue');
    await service.writeFile({ monitor: monitorFor('1m') });
    const watched = service.cutover('deploy', 'v3', '--wait');
    const monitored = await service.untilStatus(({ version, phase }) => version === 'v3' && phase === 'monitoring');
    expect(monitored.color).toBe('blue');
    app.failing.add('blue');
    const ended = await watched;
    expect(ended.code, ended.stdout + ended.stderr).toBe(5);
    const { liveColor, reason, previousVersion } = await service.untilStatus(({ phase }) => phase === 'ended');
    expect({ liveColor, previousVersion }).toEqual({ liveColor: 'green', previousVersion: 'v2' });
    expect(reason).toMatch(/errors .* 0\.2/);
  });
});

interface CountingApp {
  address: string;
  /** Half of whose answers are 500 from now on. */
  failing: Set<Color>;
  close(): Promise<void>;
}

/** Has counted ten more answers of each color at each look at it. */
async function startCountingApp(): Promise<CountingApp> {
  const failing = new Set<Color>();
  const hits = { blue: { 200: 0, 500: 0 }, green: { 200: 0, 500: 0 } };
  const page = (): string => {
    for (const color of ['blue', 'green'] as const) {
      hits[color][200] += failing.has(color) ? 5 : 10;
      hits[color][500] += failing.has(color) ? 5 : 0;
    }
    const lines = Object.entries(hits).flatMap(([color, codes]) =>
      Object.entries(codes).map(([code, count]) => `hits_total{color="${color}",code="${code}"} ${count}`),
    );
    return ['# TYPE hits_total counter', ...lines, ''].join('\n');
  };
  const server: Server = createServer((_, response) => response.end(page()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    failing,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
