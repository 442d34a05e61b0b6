import { jsonSchema } from '../../config/jsonSchema.ts';
import type { Run } from '../context.ts';
import { EXIT } from '../exit.ts';

/** The schema is JSON with and without -o json. */
export const run: Run = async ({ out }) => {
  const schema = jsonSchema();
  out.result(schema, JSON.stringify(schema, null, 2));
  return EXIT.done;
};
