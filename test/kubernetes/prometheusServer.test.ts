/** The source against a real Prometheus server that reads an application's /metrics. */
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prometheusMetric } from '../../src/providers/metrics/prometheus.ts';
import type { MetricSource } from '../../src/providers/types.ts';
import { metricsContract, queryGreen } from '../contract/metricsContract.ts';
import { startHttpServer } from '../providers/httpServer.ts';
import { describePrometheus } from '../providers/prometheus/available.ts';
import { type Certificates, makeCertificates } from '../providers/prometheus/certificates.ts';
import { type PrometheusServer, startPrometheus } from '../providers/prometheus/server.ts';
import { call, temporaryContext } from '../providers/support.ts';

const GAUGE = 'max(shop_ratio{color="{color}"})';
/** The password `test`, as --web.config.file wants it. */
const HASHED = '$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay';

await describePrometheus('a real Prometheus', (binary) => {
  let app: Awaited<ReturnType<typeof startHttpServer>>;
  let context: Awaited<ReturnType<typeof temporaryContext>>;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    app = await startHttpServer();
    context = await temporaryContext();
    prometheus = await startPrometheus(binary, { scrape: new URL(app.url).host });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await app?.close();
    await context?.discard();
  });

  const sourceOf = (options: Record<string, unknown>): Promise<MetricSource> =>
    prometheusMetric.create(prometheusMetric.options.parse({ url: prometheus.url, ...options }), context);
  const read = async (query: string) => (await sourceOf({ query })).query(call, queryGreen());

  /** Has the application say this, and waits until Prometheus has read it. */
  async function expose(page: string): Promise<void> {
    const round = `${Date.now()}${Math.random()}`.replace('.', '');
    app.answer({ body: `# TYPE shop_round gauge\nshop_round{n="${round}"} 1\n${page}\n` });
    for (let turn = 0; turn < 100; turn++) {
      if ((await read(`max(shop_round{n="${round}"})`)).value === 1) return;
      await pause(100);
    }
    throw new Error('Prometheus did not read the application within 10 s');
  }

  metricsContract('prometheus', async () => {
    const line = await interruptible(Number(new URL(prometheus.url).port));
    return {
      source: await sourceOf({ url: line.url, query: GAUGE }),
      async produce() {
        const value = Math.round(Math.random() * 1e6) / 1e6;
        await expose(`shop_ratio{color="blue"} 9\nshop_ratio{color="green"} ${value}`);
        return value;
      },
      silence: () => expose('shop_ratio{color="blue"} 9'),
      breakDown: line.cut,
      close: line.cut,
    };
  });

  test('a rate of errors over the window is that of the new color', async () => {
    const hits = (color: string, code: number, count: number) => `shop_hits_total{color="${color}",code="${code}"} ${count}`;
    for (let scrape = 1; scrape <= 4; scrape++) {
      const green = [hits('green', 200, 30 * scrape), hits('green', 500, 10 * scrape)];
      await expose(['# TYPE shop_hits_total counter', hits('blue', 500, 100 * scrape), ...green].join('\n'));
    }
    const rate = (matchers: string) => `sum(rate(shop_hits_total{color="{color}"${matchers}}[{window}]))`;
    const { value } = await read(`${rate(',code=~"5.."')} / ${rate('')}`);
    expect(value).toBeCloseTo(0.25, 2);
  });

  test('a scalar is a number, a division by nothing breaks every bound, and nothing by nothing is no data', async () => {
    expect(await read('scalar(vector(3)) * 2')).toEqual({ value: 6 });
    expect((await read('1 / vector(0)')).value).toBeGreaterThan(1e300);
    expect(await read('vector(0) / 0')).toEqual({ value: null, detail: 'the result of the query is NaN' });
  });

  test('series that nobody publishes are no data', async () => {
    expect(await read('sum(rate(never_published{color="{color}"}[{window}]))')).toMatchObject({
      value: null,
      detail: expect.stringContaining('no series'),
    });
  });

  test.each([
    ['sum(rate(shop_hits_total[{window}])', /bad_data: .*parse error/],
    ['rate(shop_hits_total{color="{color}"})', /bad_data: .*expected type range vector/],
    ['shop_ratio * on (app) shop_ratio', /many-to-many|found duplicate series/],
    ['shop_ratio[{window}]', /range vector/],
    ['"text"', /gives text/],
    ['shop_ratio', /2 series \(shop_ratio\{color="blue"/],
  ])('%s is refused with the reason, before a deployment and in it', async (query, reason) => {
    await expose('shop_ratio{color="blue"} 1\nshop_ratio{color="green"} 2');
    const refused = { type: 'InvalidConfiguration', message: expect.stringMatching(reason) };
    await expect(read(query)).rejects.toMatchObject(refused);
    const found = await (await sourceOf({ query })).inspect!(call);
    expect(found[0]).toMatchObject({ severity: 'error', message: expect.stringMatching(reason) });
  });

  test('an address where there is no Prometheus API is named', async () => {
    const source = await sourceOf({ url: `${prometheus.url}/elsewhere`, query: GAUGE });
    await expect(source.query(call, queryGreen())).rejects.toMatchObject({
      type: 'NotFound',
      message: expect.stringContaining('/elsewhere/api/v1/query'),
    });
  });

  test('a server with TLS, certificates and passwords is read by whoever has them, and by nobody else', async () => {
    const pki: Certificates = await makeCertificates(context.folder);
    const files = { cert_file: pki.server.cert, key_file: pki.server.key, client_ca_file: pki.caFile };
    const secured = await startPrometheus(binary, {
      web: { tls_server_config: { ...files, client_auth_type: 'RequireAndVerifyClientCert' }, basic_auth_users: { worker: HASHED } },
    });
    try {
      // Paths in a service file start at its folder.
      const relative = (path: string) => path.slice(context.folder.length + 1);
      const tls = {
        caFile: relative(pki.caFile),
        certFile: relative(pki.client.cert),
        keyFile: relative(pki.client.key),
        serverName: 'prometheus.example',
      };
      const headers = { Authorization: `Basic ${Buffer.from('worker:test').toString('base64')}` };
      const ask = async (options: Record<string, unknown>) => {
        const source = await sourceOf({ url: secured.url, query: 'vector(4)', tls, headers, ...options });
        return source.query(call, queryGreen());
      };
      expect(await ask({})).toEqual({ value: 4 });
      expect(await ask({ tls: { ...tls, caFile: undefined, serverName: undefined, insecureSkipVerify: true } })).toEqual({ value: 4 });
      await expect(ask({ headers: {} })).rejects.toMatchObject({ type: 'PermissionDenied' });
      for (const wrong of [
        { ...tls, caFile: undefined },
        { ...tls, serverName: undefined },
        { ...tls, certFile: undefined, keyFile: undefined },
      ]) {
        await expect(ask({ tls: wrong })).rejects.toMatchObject({ type: 'InvalidConfiguration' });
      }
    } finally {
      await secured.stop();
    }
  });
});

/** An address that leads to a port of this machine until it is cut. */
async function interruptible(port: number): Promise<{ url: string; cut(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    for (const end of [socket, onward]) {
      open.add(end);
      end.on('error', () => end.destroy()).once('close', () => open.delete(end));
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async cut() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
