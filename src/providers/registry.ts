/**
 * All providers that this build knows. A new one is a file and a line here: the service file's schema, its errors, the
 * JSON Schema and the worker follow from these lists.
 */
import { Failure } from '../core/failure.ts';
import type { ProviderRef } from '../core/plan.ts';
import { asgEnvironment } from './environments/asg.ts';
import { commandEnvironment } from './environments/command.ts';
import { ecsEnvironment } from './environments/ecs.ts';
import { kubernetesEnvironment } from './environments/kubernetes.ts';
import { localEnvironment } from './environments/local.ts';
import { cloudwatchMetric } from './metrics/cloudwatch.ts';
import { commandMetric } from './metrics/command.ts';
import { httpMetric } from './metrics/http.ts';
import { prometheusMetric } from './metrics/prometheus.ts';
import { routerMetrics } from './metrics/router.ts';
import { webhook } from './notifiers/webhook.ts';
import { albRouter } from './routers/alb.ts';
import { commandRouter } from './routers/command.ts';
import { gatewayRouter } from './routers/gateway.ts';
import { kubernetesRouter } from './routers/kubernetes.ts';
import { localRouter } from './routers/local.ts';
import { route53Router } from './routers/route53.ts';
import type {
  Definition,
  Environment,
  EnvironmentDefinition,
  MetricSource,
  MetricSourceDefinition,
  Notifier,
  ProviderContext,
  Router,
  RouterDefinition,
} from './types.ts';

export const routers: readonly RouterDefinition[] = [localRouter, albRouter, route53Router, kubernetesRouter, gatewayRouter, commandRouter];
export const environments: readonly EnvironmentDefinition[] = [
  localEnvironment,
  ecsEnvironment,
  asgEnvironment,
  kubernetesEnvironment,
  commandEnvironment,
];
export const metricSources: readonly MetricSourceDefinition[] = [
  routerMetrics,
  cloudwatchMetric,
  prometheusMetric,
  httpMetric,
  commandMetric,
];
export const notifiers: readonly Definition<Notifier>[] = [webhook];

export const routerDefinition = (type: string): RouterDefinition => definitionOf('router', routers, type);
export const environmentDefinition = (type: string): EnvironmentDefinition => definitionOf('environment', environments, type);
export const metricSourceDefinition = (type: string): MetricSourceDefinition => definitionOf('metric source', metricSources, type);
export const notifierDefinition = (type: string): Definition<Notifier> => definitionOf('notifier', notifiers, type);

/** The provider that a plan names. `options` are as the definition's schema parsed them. Throws InvalidConfiguration for an unknown type. */
export const createRouter = async (ref: ProviderRef, context: ProviderContext): Promise<Router> =>
  routerDefinition(ref.type).create(ref.options, context);
export const createEnvironment = async (ref: ProviderRef, context: ProviderContext): Promise<Environment> =>
  environmentDefinition(ref.type).create(ref.options, context);
export const createMetricSource = async (ref: ProviderRef, context: ProviderContext): Promise<MetricSource> =>
  metricSourceDefinition(ref.type).create(ref.options, context);
export const createNotifier = async (ref: ProviderRef, context: ProviderContext): Promise<Notifier> =>
  notifierDefinition(ref.type).create(ref.options, context);

function definitionOf<D extends { type: string }>(kind: string, known: readonly D[], type: string): D {
  const definition = known.find((candidate) => candidate.type === type);
  if (definition) return definition;
  const types = known.map((candidate) => candidate.type).join(', ');
  throw new Failure('InvalidConfiguration', `no ${kind} is called ${JSON.stringify(type)}: known types are ${types}`);
}
