/** The load balancer's own 5xx rate of each color, for the monitor of the demo: a JSON document, read by `source: { type: http }`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { COLORS, type Color } from '../../core/plan.ts';
import type { ColorCounts } from '../../providers/routers/local/counts.ts';
import { HOST } from '../ports.ts';

type Counts = Record<Color, ColorCounts>;

const SAMPLE_MS = 200;
/** What a rate is of: the newest second. */
const SAMPLES = 5;

export interface ErrorRates {
  /** `{ "blue": 0.5, "green": null }`: the fraction of the newest second's answers that were 5xx; null where there was none. */
  url: string;
  close(): Promise<void>;
}

export async function startErrorRates(counts: () => Promise<Counts>): Promise<ErrorRates> {
  let samples: Counts[] = [await counts()];
  const closed = new AbortController();
  const sampling = (async () => {
    while (!closed.signal.aborted) {
      await sleep(SAMPLE_MS, undefined, { signal: closed.signal }).catch(() => {});
      samples = [...samples, await counts()].slice(-SAMPLES);
    }
  })();
  const server = createServer(async (_req, res) => {
    const now = await counts();
    const rates = Object.fromEntries(COLORS.map((color) => [color, rateOf(samples[0]![color], now[color])]));
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rates));
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      closed.abort();
      server.close();
      server.closeAllConnections();
      await Promise.all([sampling, once(server, 'close')]);
    },
  };
}

function rateOf(before: ColorCounts, now: ColorCounts): number | null {
  const answers = now.requests - before.requests;
  return answers === 0 ? null : Math.min(1, (now.errors - before.errors) / answers);
}
