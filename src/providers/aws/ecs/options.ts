/** What a service file says of `environment: { type: ecs }`. */
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { text, textMap } from '../../../config/fields.ts';
import { awsAccess } from '../options.ts';

/** A name or an ARN: the ARN's last part is the name. */
export const nameIn = (nameOrArn: string): string => nameOrArn.split('/').at(-1)!;

export const ecsOptions = z.strictObject({
  ...awsAccess,
  cluster: text().describe('The name or ARN of the cluster that both services run in.'),
  services: z
    .strictObject({ blue: text(), green: text() })
    .refine(({ blue, green }) => nameIn(blue) !== nameIn(green), { error: 'blue and green need services of their own' })
    .describe('The name or ARN of the service of each color, each attached to the target group of its color.'),
  container: text().describe('The container of the task definition whose image is replaced.'),
  image: z
    .string()
    .regex(/^\S*\{version\}\S*$/, { error: 'expected an image with {version} in it, such as repository:{version}' })
    .describe(
      'The image with {version}: repository:{version}, or repository@sha256:{version}. ' +
        "A new revision of the idle service's own task definition gets it; all else in that stays as it is.",
    ),
  env: textMap().default({}).describe('Environment variables to set in that container, such as VERSION: "{version}".'),
  timeout: duration.prefault('15m').describe('How long the service may take until it is steady.'),
});

export type EcsOptions = z.infer<typeof ecsOptions>;
