import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { COLORS, type Color } from '../../../core/plan.ts';
import { type ColorCounts, LATENCY_BOUNDS } from './counts.ts';
import { Exchange } from './exchange.ts';

type Kind = 'request' | 'websocket';

const perColor = <T>(make: (color: Color) => T): Record<Color, T> => ({ blue: make('blue'), green: make('green') });

/** What each color did with the users' requests, in a registry of its own. Requests past the router are unknown to it. */
export class Counters {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'cutover_router_requests_total',
    help: 'Answers that users got from a color.',
    labelNames: ['color'],
    registers: [this.#registry],
  });
  readonly #errors = new Counter({
    name: 'cutover_router_errors_total',
    help: 'Answers with 5xx, those that the router had to give itself and those that were cut included.',
    labelNames: ['color'],
    registers: [this.#registry],
  });
  readonly #aborted = new Counter({
    name: 'cutover_router_aborted_total',
    help: 'Requests whose user left before the color answered.',
    labelNames: ['color'],
    registers: [this.#registry],
  });
  readonly #latency = new Histogram({
    name: 'cutover_router_latency_seconds',
    help: 'From the arrival of a request to the head of its answer.',
    labelNames: ['color'],
    buckets: [...LATENCY_BOUNDS],
    registers: [this.#registry],
  });
  readonly #open = new Gauge({
    name: 'cutover_router_open',
    help: 'Requests and WebSockets that are open now.',
    labelNames: ['color', 'kind'],
    registers: [this.#registry],
  });

  constructor() {
    for (const color of COLORS) {
      for (const counter of [this.#requests, this.#errors, this.#aborted]) counter.inc({ color }, 0);
      for (const kind of ['request', 'websocket']) this.#open.set({ color, kind }, 0);
      this.#latency.zero({ color });
    }
  }

  /** One request of a user, from its arrival on. */
  begin(color: Color, kind: Kind): Exchange {
    this.#open.inc({ color, kind });
    return new Exchange({
      answered: (status, seconds) => {
        this.#requests.inc({ color });
        this.#latency.observe({ color }, seconds);
        if (status >= 500) this.#errors.inc({ color });
      },
      cut: () => this.#errors.inc({ color }),
      aborted: () => this.#aborted.inc({ color }),
      closed: () => this.#open.dec({ color, kind }),
    });
  }

  async counts(): Promise<Record<Color, ColorCounts>> {
    const [requests, errors, open, latency] = await Promise.all([
      this.#requests.get(),
      this.#errors.get(),
      this.#open.get(),
      this.#latency.get(),
    ]);
    const sum = (values: { labels: object; value: number }[], color: Color) =>
      values.filter(({ labels }) => (labels as { color?: string }).color === color).reduce((total, { value }) => total + value, 0);
    return perColor((color) => ({
      requests: sum(requests.values, color),
      errors: sum(errors.values, color),
      open: sum(open.values, color),
      buckets: latency.values
        .filter(({ labels, metricName }) => labels.color === color && metricName?.endsWith('_bucket'))
        .map(({ value }) => value),
    }));
  }

  /** Prometheus text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
