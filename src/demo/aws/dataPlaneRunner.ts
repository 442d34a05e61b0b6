import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../paths.ts';
import type { Followed } from './controlPlane.ts';

export interface DataPlaneWork extends Followed {
  /** Of the API. */
  endpoint: string;
  /** Where users connect to, on 127.0.0.1. */
  port: number;
}

export interface RunningDataPlane {
  /** http://127.0.0.1:PORT */
  url: string;
  /** Where its error rates are read. */
  rates: string;
  /** Resolves, with why, when it cannot follow the API any more. */
  lost: Promise<string>;
  close(): Promise<void>;
}

export type FromThread = { url: string; rates: string } | { lost: string };

/**
 * A data plane in a thread of its own. Node accepts one connection in each turn of an event loop: beside the users, on a busy
 * machine, it would accept fewer than they make.
 */
export async function runDataPlane(work: DataPlaneWork): Promise<RunningDataPlane> {
  const thread = new Worker(join(packageRoot(), 'dist', 'demo-data-plane.js'), { workerData: work });
  const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  const [started] = (await once(thread, 'message')) as [{ url: string; rates: string }];
  const lost = new Promise<string>((resolve) => {
    thread.once('message', (message: { lost: string }) => resolve(message.lost));
    thread.once('error', (error) => resolve(error.message));
  });
  return {
    ...started,
    lost,
    close: async () => {
      thread.postMessage('close');
      await exited;
    },
  };
}
