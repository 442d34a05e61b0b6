import * as z from 'zod';
import { serviceFile } from './schema.ts';

/** The JSON Schema (draft 2020-12) of the service file as it is written, for editors. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(serviceFile, { io: 'input', target: 'draft-2020-12', override: keepDefault });
  return { $schema, title: 'cutover service file', ...schema };
}

/** zod drops a default that is only described (as a duration is written) where the value is transformed. */
function keepDefault({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const described = z.globalRegistry.get(zodSchema)?.default;
  if (described !== undefined) jsonSchema.default = described as z.core.JSONSchema.BaseSchema['default'];
}
