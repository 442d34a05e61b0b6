/** The schema of the service file: every key, every default. What concerns several sections is in crossChecks.ts. */
import * as z from 'zod';
import { environments, notifiers, routers } from '../providers/registry.ts';
import { SERVICE_PATTERN } from './names.ts';
import { providerUnion } from './providerUnion.ts';
import { endpoints } from './sections/endpoints.ts';
import { approval, identity, retention, warmup } from './sections/gates.ts';
import { monitor } from './sections/monitor.ts';
import { smokeTests } from './sections/smokeTests.ts';
import { switching } from './sections/switch.ts';

export const serviceFile = z.strictObject({
  service: z
    .string()
    .regex(SERVICE_PATTERN, { error: 'expected a name of 1 to 40 lower-case letters, digits and -, which does not begin with -' })
    .describe('The name of the service.'),
  concurrency: z.enum(['reject', 'queue', 'supersede']).prefault('reject').describe('What a deploy does while another one is running.'),
  router: providerUnion(routers).describe('Sends all users to one color; it alone says which color is live.'),
  environment: providerUnion(environments).describe('The two copies of the service.'),
  endpoints: endpoints.optional(),
  identity: identity.optional(),
  smokeTests,
  warmup: warmup.optional(),
  approval,
  switch: switching,
  monitor,
  retention,
  notify: z.array(providerUnion(notifiers)).prefault([]).describe('Gets every event of a deployment, with the status document.'),
});

/** The service file, parsed: defaults filled in, durations in milliseconds. */
export type ServiceConfig = z.output<typeof serviceFile>;
