/** AWS for a test file: moto and a fault proxy before it, and the environment that sends the SDK there. */
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import { launchMoto, type Moto } from '../../../src/emulator/moto.ts';
import { type AwsClients, clientsAt } from './clients.ts';
import { FaultProxy } from './faultProxy.ts';

export const REGION = 'eu-west-1';

export interface Aws {
  /** The fault proxy: what AWS_ENDPOINT_URL says meanwhile. */
  url(): string;
  motoUrl(): string;
  readonly faults: FaultProxy;
  /** Straight at moto: neither recorded nor disturbed. */
  readonly clients: AwsClients;
  access: { region: string };
}

interface Running {
  moto: Moto;
  proxy: FaultProxy;
  url: string;
  clients: AwsClients;
  environment: Record<string, string | undefined>;
}

// One for a test file, however many groups of tests ask: clientOf keeps its clients, with the endpoint that they were made with.
let running: Running | null = null;
let users = 0;

/** Starts AWS for the tests around, empty before each of them. */
export function useAws(): Aws {
  beforeAll(async () => {
    users += 1;
    if (inject('aws').python !== null) running ??= await start();
  });
  beforeEach(async () => {
    await running?.proxy.clear();
    await running?.moto.reset();
  });
  afterAll(async () => {
    users -= 1;
    if (users > 0 || !running) return;
    const ended = running;
    running = null;
    await stop(ended);
  });
  return {
    url: () => now().url,
    motoUrl: () => now().moto.url,
    get faults() {
      return now().proxy;
    },
    get clients() {
      return now().clients;
    },
    access: { region: REGION },
  };
}

function now(): Running {
  if (!running) throw new Error('AWS is there from beforeAll on, not while tests are defined');
  return running;
}

async function start(): Promise<Running> {
  const moto = await launchMoto(inject('aws').python!);
  const proxy = new FaultProxy(moto.url);
  const url = await proxy.listen();
  const environment = setEnvironment({
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  return { moto, proxy, url, clients: clientsAt(moto.url, REGION), environment };
}

async function stop({ moto, proxy, clients, environment }: Running): Promise<void> {
  setEnvironment(environment);
  for (const client of Object.values(clients)) client.destroy();
  await moto.stop();
  await proxy.close();
}

/** Answers what was set before. */
function setEnvironment(wanted: Record<string, string | undefined>): Record<string, string | undefined> {
  const before: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(wanted)) {
    before[name] = process.env[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  return before;
}
