import type { Json, ProviderRef } from '../core/plan.ts';
import type { ProviderConfig } from './providerUnion.ts';

/** A provider's options without its `type`: plain JSON, keys without a value left out. */
export function optionsOf({ type: _, ...options }: ProviderConfig): { [key: string]: Json } {
  return JSON.parse(JSON.stringify(options));
}

export const refOf = (config: ProviderConfig): ProviderRef => ({ type: config.type, options: optionsOf(config) });
