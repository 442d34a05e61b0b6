/** What a service file says of `router: { type: gateway }`. */
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { count, text } from '../../../config/fields.ts';
import { kubernetesAccess, objectName } from '../access.ts';

const backend = z.strictObject({
  service: objectName().describe('The Service of the pods of this color alone.'),
  port: count(1, 65_535).describe('Its port, as the route names it.'),
});

export const routeRouterOptions = z.strictObject({
  ...kubernetesAccess,
  route: objectName().describe('The HTTPRoute that users come by.'),
  rule: z
    .union([text(), count(0, 15)])
    .optional()
    .describe('Which of its rules is switched: its name, or its place (the first is 0); else the only one that has a backend of the two.'),
  backends: z
    .strictObject({
      blue: backend.describe('The backend of the color blue.'),
      green: backend.describe('The backend of the color green.'),
    })
    .refine(({ blue, green }) => blue.service !== green.service, { error: 'blue and green need Services of their own' })
    .describe('Which backend of the rule is which color.'),
  healthTimeout: duration.prefault('5m').describe('How long the endpoints of the idle color may take to become ready.'),
});

export type RouteRouterOptions = z.infer<typeof routeRouterOptions>;
export type Backends = RouteRouterOptions['backends'];
