/** What a service file says of `environment: { type: kubernetes }`. */
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { text, textMap } from '../../../config/fields.ts';
import { kubernetesAccess, objectName } from '../access.ts';

export const deploymentOptions = z.strictObject({
  ...kubernetesAccess,
  deployments: z
    .strictObject({ blue: objectName(), green: objectName() })
    .refine(({ blue, green }) => blue !== green, { error: 'blue and green need Deployments of their own' })
    .describe(
      "The Deployment of each color. Both exist already; their manifests stay people's own, but for the image, the env and the replicas.",
    ),
  container: text().describe('The container of the pods whose image is replaced.'),
  image: z
    .string()
    .regex(/^\S*\{version\}\S*$/, { error: 'expected an image with {version} in it, such as repository:{version}' })
    .describe('The image with {version}: repository:{version}, or repository@sha256:{version}.'),
  env: textMap().default({}).describe('Environment variables to set in that container, such as VERSION: "{version}".'),
  timeout: duration.prefault('10m').describe('How long the pods may take until they are available.'),
});

export type DeploymentOptions = z.infer<typeof deploymentOptions>;
