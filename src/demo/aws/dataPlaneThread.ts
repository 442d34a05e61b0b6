/** The thread of `runDataPlane`. */
import { parentPort, workerData } from 'node:worker_threads';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { clientConfig } from './account.ts';
import { startDataPlane } from './dataPlane.ts';
import type { DataPlaneWork, FromThread } from './dataPlaneRunner.ts';
import { startErrorRates } from './errorRates.ts';

const { endpoint, ...options } = workerData as DataPlaneWork;
const tell = (message: FromThread): void => parentPort?.postMessage(message);

const elb = new ElasticLoadBalancingV2Client(clientConfig(endpoint));
const plane = await startDataPlane({ elb, ...options });
const rates = await startErrorRates(plane.counts);
plane.lost.then((lost) => tell({ lost }));
parentPort?.once('message', async () => {
  await rates.close();
  await plane.close();
  elb.destroy();
  parentPort?.close();
});
tell({ url: plane.url, rates: rates.url });
