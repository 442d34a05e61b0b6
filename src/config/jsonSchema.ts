import { z } from 'zod';
import { serviceFile } from './schema.ts';

/** The JSON Schema (draft 2020-12) of the service file as it is written, for editors. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(serviceFile, { io: 'input', target: 'draft-2020-12' });
  return { $schema, title: 'cutover service file', ...schema };
}
