import { routerDefinition } from '../providers/registry.ts';
import type { ServiceConfig } from './schema.ts';

/** What a file may leave out, but should know that it does. */
export function warningsOf(config: ServiceConfig): string[] {
  const warnings: string[] = [];
  if (!config.identity) {
    warnings.push('identity is not set: smoke tests and confirm then prove health only, not that the version just deployed answers');
  }
  if (config.smokeTests.length === 0) {
    const proven = config.identity ? 'readiness and identity are' : 'readiness is';
    warnings.push(`smokeTests is empty: only ${proven} proven before users are moved`);
  }
  if (config.monitor.checks.length === 0) {
    warnings.push('monitor.checks is empty: the monitoring window only gives people time, nothing rolls back by itself');
  }
  const isUnconfirmed = config.switch.confirm === undefined && !routerDefinition(config.router.type).frontUrl;
  if (isUnconfirmed) warnings.push('switch.confirm is not set: no request of our own proves that users arrive at the new version');
  return warnings;
}
