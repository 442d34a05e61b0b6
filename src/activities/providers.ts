/** Makes the providers of a plan: placeholders replaced, secrets resolved here on the worker and nowhere else. */
import type { Json, Plan, ProviderRef } from '../core/plan.ts';
import { expand, resolveEnv } from '../core/template.ts';
import { createEnvironment, createMetricSource, createNotifier, createRouter } from '../providers/registry.ts';
import type { Environment, MetricSource, Notifier, ProviderContext, Router } from '../providers/types.ts';
import { stateDir } from '../state.ts';

export interface Providers {
  router(): Promise<Router>;
  environment(): Promise<Environment>;
  metricSource(ref: ProviderRef): Promise<MetricSource>;
  notifier(ref: ProviderRef): Promise<Notifier>;
}

/** A text or a tree of the plan as it is meant; what depends on the color, {color} and {port}, is left to the providers. */
export const final = <T extends Json>({ service, version }: Plan, value: T): T =>
  resolveEnv(expand(value, { service, version }), process.env);

/** The environment's options with {version} left in place. */
const written = ({ service, environment }: Plan): ProviderRef['options'] =>
  resolveEnv(expand(environment.options, { service }), process.env);

export function providersOf(plan: Plan): Providers {
  const ready = ({ type, options }: ProviderRef): ProviderRef => ({ type, options: final(plan, options) });
  const context: ProviderContext = {
    service: plan.service,
    folder: plan.folder,
    stateDir: stateDir(plan.service, plan.folder),
    endpoints: plan.endpoints,
  };
  return {
    router: () => createRouter(ready(plan.router), context),
    environment: () => createEnvironment(ready(plan.environment), { ...context, written: written(plan) }),
    metricSource: (ref) => createMetricSource(ready(ref), { ...context, router: ready(plan.router) }),
    notifier: (ref) => createNotifier(ready(ref), context),
  };
}
