/**
 * The half of a load balancer that an emulator of its API does not have: it carries requests. A front of the local router that
 * follows a listener as the API describes it, for users (HTTP and WebSockets) on an address of this machine.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLORS, type Color } from '../../core/plan.ts';
import { balancerOf } from '../../providers/aws/alb/arns.ts';
import { Counters } from '../../providers/routers/local/counters.ts';
import type { ColorCounts } from '../../providers/routers/local/counts.ts';
import { Front } from '../../providers/routers/local/front.ts';
import { type Followed, readShares } from './controlPlane.ts';
import { type Share, WeightedDirections } from './directions.ts';

const HOST = '127.0.0.1';
const POLL_MS = 50;
/** As at AWS users are served on while the API is away; somebody who asks learns of it. */
const LOST_MS = 5_000;

export type Weights = Record<Color, number>;

export interface DataPlaneOptions extends Followed {
  /** Asks the API itself: nothing that makes it fail may stand between. */
  elb: ElasticLoadBalancingV2Client;
  /** Where users connect to, on 127.0.0.1; 0 is any free port. */
  port: number;
  /** Told after new requests are sent by other weights than before. */
  onWeights?: (weights: Weights) => void;
}

export interface DataPlane {
  /** http://127.0.0.1:PORT */
  url: string;
  /** What each color answered to users, our own confirmations left out. */
  counts(): Promise<Record<Color, ColorCounts>>;
  /** Resolves, with why, when the API has not answered for some seconds. */
  lost: Promise<string>;
  close(): Promise<void>;
}

/** Listens when it resolves, and follows the listener from then on. Rejects where the listener cannot be read or the port is taken. */
export async function startDataPlane({ elb, port, onWeights, ...followed }: DataPlaneOptions): Promise<DataPlane> {
  const directions = new WeightedDirections();
  const counters = new Counters();
  const front = new Front(balancerOf(followed.listener), directions, counters);
  directions.shares = await readShares(elb, followed);
  front.server.listen(port, HOST);
  await once(front.server, 'listening');
  const closed = new AbortController();
  const following = follow(closed.signal, async () => {
    const before = directions.shares;
    directions.shares = await readShares(elb, followed);
    const weights = weightsOf(directions.shares);
    if (COLORS.some((color) => weights[color] !== before[color].weight)) onWeights?.(weights);
  });
  return {
    url: `http://${HOST}:${(front.server.address() as AddressInfo).port}`,
    counts: () => counters.counts(),
    lost: following.lost,
    close: async () => {
      closed.abort();
      await Promise.all([following.ended, front.close()]);
    },
  };
}

const weightsOf = ({ blue, green }: Record<Color, Share>): Weights => ({ blue: blue.weight, green: green.weight });

function follow(closed: AbortSignal, read: () => Promise<void>): { ended: Promise<void>; lost: Promise<string> } {
  let tellLost: (why: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    tellLost = resolve;
  });
  const poll = async (): Promise<void> => {
    for (let knownAt = Date.now(); !closed.aborted; ) {
      try {
        await read();
        knownAt = Date.now();
      } catch (error) {
        if (Date.now() - knownAt > LOST_MS) tellLost((error as Error).message);
      }
      await sleep(POLL_MS, undefined, { signal: closed }).catch(() => {});
    }
  };
  return { ended: poll(), lost };
}
