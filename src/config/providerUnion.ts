import * as z from 'zod';
import type { Json } from '../core/plan.ts';

/** A provider as the file has it: its `type`, and its options (defaults filled in) beside it. */
export type ProviderConfig = { type: string } & { [option: string]: Json };

interface Described {
  type: string;
  description: string;
  options: z.ZodObject;
}

/** A mapping with a `type`, which decides what its other keys may be. */
export function providerUnion(definitions: readonly Described[]): z.ZodType<ProviderConfig, Record<string, unknown>> {
  const [first, ...rest] = definitions.map(({ type, description, options }) =>
    options
      .safeExtend({ type: z.literal(type) })
      .strict()
      .meta({ title: type, description }),
  );
  return z.discriminatedUnion('type', [first!, ...rest]) as unknown as z.ZodType<ProviderConfig, Record<string, unknown>>;
}
