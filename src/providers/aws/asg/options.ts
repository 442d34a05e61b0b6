/** What a service file says of `environment: { type: asg }`. */
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { count, text } from '../../../config/fields.ts';
import { awsAccess } from '../options.ts';

const refresh = z.strictObject({
  minHealthyPercentage: count(0, 100).default(90).describe('How much of the group stays in service meanwhile, in percent.'),
  instanceWarmup: duration.optional().describe("How long a new instance takes to warm up; else as the group's own default says."),
});

export const asgOptions = z.strictObject({
  ...awsAccess,
  groups: z
    .strictObject({ blue: text(), green: text() })
    .refine(({ blue, green }) => blue !== green, { error: 'blue and green need groups of their own' })
    .describe('The name of the Auto Scaling group of each color, each attached to the target group of its color.'),
  imageId: z
    .string()
    .regex(/^\S*\{version\}\S*$/, { error: 'expected an AMI id or an SSM parameter with {version} in it, such as /shop/ami/{version}' })
    .describe(
      'The AMI with {version}: its id (ami-{version}), or the SSM parameter that holds the id (/shop/ami/{version}, ssm:name-{version}). ' +
        "A new version of the idle group's own launch template gets it; all else in that stays as it is.",
    ),
  instanceRefresh: z
    .union([z.literal(false), refresh])
    .default(false)
    .describe('Replaces running instances of the idle group by an instance refresh; without it the group is emptied first.'),
  timeout: duration.prefault('20m').describe('How long the instances may take until they are in service.'),
});

export type AsgOptions = z.infer<typeof asgOptions>;
export type RefreshOptions = z.infer<typeof refresh>;
