import { optionsOf, refOf } from '../config/options.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { confirmation } from '../config/sections/switch.ts';
import { type Check, type Json, type Plan, SEMANTICS, type SmokeTest } from '../core/plan.ts';
import { environmentDefinition, routerDefinition } from '../providers/registry.ts';
import { parseVersion } from './version.ts';

/** Longer than an API's own time limits, short enough for a rollback that has to wait for a switch. */
const SWITCH_TIMEOUT_MS = 30_000;

/** The service file, resolved for one version: no I/O, no secrets, the same input gives the same plan. Throws InvalidConfiguration. */
export function buildPlan(config: ServiceConfig, { version, folder }: { version: string; folder: string }): Plan {
  const environment = environmentDefinition(config.environment.type);
  const options = optionsOf(config.environment);
  return {
    planVersion: 1,
    semantics: SEMANTICS,
    service: config.service,
    version: parseVersion(version),
    folder,
    concurrency: config.concurrency,
    router: routerOf(config),
    environment: { type: config.environment.type, options, deployTimeoutMs: environment.deployTimeoutMs(options) },
    endpoints: {
      blue: null,
      green: null,
      preview: null,
      ...(config.endpoints ? withoutUndefined(config.endpoints) : environment.endpoints?.(options)),
    },
    identity: config.identity ? withoutUndefined(config.identity) : null,
    smokeTests: config.smokeTests.map(smokeTest),
    ...(config.identity || config.smokeTests.length > 0 ? {} : { untested: true as const }),
    warmup: config.warmup ?? null,
    approval: { required: config.approval.required, timeoutMs: config.approval.timeout, onTimeout: config.approval.onTimeout },
    switch: { window: config.switch.window ?? null, confirm: confirm(config), drainMs: drainOf(config) },
    monitor: { durationMs: config.monitor.duration, intervalMs: config.monitor.interval, checks: config.monitor.checks.map(check) },
    retention: { durationMs: config.retention.duration, capacity: config.retention.capacity, then: config.retention.then },
    notify: config.notify.map(refOf),
  };
}

/** What a router does not have, its plan does not mention: a deployment by such a plan takes no step for it. */
function routerOf({ router: config, environment }: ServiceConfig): Plan['router'] {
  const definition = routerDefinition(config.type);
  const options = optionsOf(config);
  const healthTimeoutMs = definition.healthTimeoutMs?.(options);
  const spreadMs = definition.spreadMs?.(options);
  return {
    type: config.type,
    options,
    switchTimeoutMs: definition.switchTimeoutMs?.(options) ?? SWITCH_TIMEOUT_MS,
    ...(healthTimeoutMs === undefined ? {} : { healthTimeoutMs }),
    ...(spreadMs === undefined ? {} : { spreadMs }),
    ...(definition.prepares?.(options) === false ? { prepares: false as const } : {}),
    ...(definition.readyWhenDeployedBy === environment.type ? { readyWhenDeployed: true as const } : {}),
    ...(definition.countsConnections === false ? { countsConnections: false as const } : {}),
  };
}

/** Beyond the time for which an answer may be kept: resolvers and clients that keep it longer. */
const SPREAD_MARGIN_MS = 60_000;

/** The old color stays at least until users can have moved, and a margin. */
function drainOf(config: ServiceConfig): number {
  const { spreadMs } = routerOf(config);
  return Math.max(config.switch.drain.timeout, spreadMs ? spreadMs + SPREAD_MARGIN_MS : 0);
}

function smokeTest({ expect, timeout, body, ...test }: ServiceConfig['smokeTests'][number]): SmokeTest {
  const isJson = body !== undefined && typeof body !== 'string';
  const hasType = Object.keys(test.headers).some((header) => header.toLowerCase() === 'content-type');
  return {
    ...test,
    method: test.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: isJson && !hasType ? { 'content-type': 'application/json', ...test.headers } : test.headers,
    body: isJson ? JSON.stringify(body) : (body ?? null),
    expect: { status: expect.status ?? null, json: (expect.json as Json | undefined) ?? null, text: expect.text ?? null },
    timeoutMs: timeout,
  };
}

function check({ name, source, max, min, failureLimit, noData, minSamples }: ServiceConfig['monitor']['checks'][number]): Check {
  return { name, source: refOf(source), max: max ?? null, min: min ?? null, failureLimit, noData, minSamples };
}

/** On by default where the router knows its users' address itself; off where the file says `false` or nobody knows it. */
function confirm({ router, switch: { confirm } }: ServiceConfig): Plan['switch']['confirm'] {
  if (confirm === false) return null;
  const { consecutive, timeout, url } = confirm ?? confirmation.parse({});
  const known = url ?? routerDefinition(router.type).frontUrl?.(optionsOf(router));
  return known === undefined ? null : { url: known, consecutive, timeoutMs: timeout };
}

const withoutUndefined = <T extends object>(section: T) =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
