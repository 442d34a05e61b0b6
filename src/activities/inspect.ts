/** Whether a set-up can be deployed with: what its providers find wrong with it by reading. */
import { Failure } from '../core/failure.ts';
import type { Plan } from '../core/plan.ts';
import { findingOf } from '../providers/attempt.ts';
import type { Call, Environment, Finding, InspectionDepth, Router, Targets } from '../providers/types.ts';
import { providersOf } from './providers.ts';
import type { Activities } from './types.ts';

export async function inspect(call: Call, { plan }: Parameters<Activities['inspect']>[0]): ReturnType<Activities['inspect']> {
  const providers = providersOf(plan);
  const [router, environment] = await Promise.all([providers.router(), providers.environment()]);
  return { findings: await findingsOf(call, plan, { router, environment }, 'all') };
}

interface Inspected {
  router: Router;
  environment: Environment;
}

async function findingsOf(call: Call, plan: Plan, { router, environment }: Inspected, depth: InspectionDepth): Promise<Finding[]> {
  const providers = providersOf(plan);
  const sources = await Promise.all(plan.monitor.checks.map(({ source }) => providers.metricSource(source)));
  const found = await Promise.all([
    findings(depth, router.inspect?.(call, depth)),
    findings(depth, environment.inspect?.(call, targets(), depth)),
    ...sources.map((source) => findings(depth, source.inspect?.(call, depth))),
  ]);
  return withoutTwins(found.flat());

  /** A router that cannot say them has said why. */
  async function targets(): Promise<Targets | null> {
    return (await router.targets?.(call).catch(() => null)) ?? null;
  }
}

/** What is final is found to be wrong. What may pass is tried again before a deployment; who only looks is told of it. */
async function findings(depth: InspectionDepth, inspected: Promise<Finding[]> | undefined): Promise<Finding[]> {
  try {
    return (await inspected) ?? [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.type !== 'Unavailable') return [findingOf(error)];
    if (depth === 'errors') throw error;
    return [
      { severity: 'warning', message: error.message, cure: 'see that it answers: a deployment waits for it half a minute, then ends' },
    ];
  }
}

const withoutTwins = (found: Finding[]): Finding[] =>
  found.filter(({ message }, index) => found.findIndex((other) => other.message === message) === index);

/** Throws InvalidConfiguration where a deployment would go wrong. Beside other readings of the same providers: they share their requests. */
export async function admit(call: Call, plan: Plan, inspected: Inspected): Promise<void> {
  const errors = (await findingsOf(call, plan, inspected, 'errors')).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new Failure('InvalidConfiguration', errors.map(({ message, cure }) => `${message}: ${cure}`).join('; '));
}
