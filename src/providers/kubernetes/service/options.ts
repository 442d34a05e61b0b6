/** What a service file says of `router: { type: kubernetes }`. */
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { kubernetesAccess, labelKey, labelValue, objectName } from '../access.ts';

export const serviceRouterOptions = z
  .strictObject({
    ...kubernetesAccess,
    service: objectName().describe('The Service that users connect to; its selector picks the color.'),
    selectorKey: labelKey().prefault('color').describe('The label that tells the colors apart, a key of the selector of the Service.'),
    values: z
      .strictObject({
        blue: labelValue().prefault('blue').describe('What the label says of blue pods.'),
        green: labelValue().prefault('green').describe('What the label says of green pods.'),
      })
      .refine(({ blue, green }) => blue !== green, { error: 'blue and green need values of their own' })
      .prefault({})
      .describe('What the label says for each color, where it is not blue and green.'),
    previewService: objectName()
      .optional()
      .describe(
        'A second Service, for testers: its selector is pointed at the idle color before users are, and put back when that is given up.',
      ),
    healthTimeout: duration.prefault('5m').describe('How long the pods of the idle color may take to become ready.'),
  })
  .refine(({ service, previewService }) => previewService !== service, {
    path: ['previewService'],
    error: 'is the Service that users connect to: testing needs another one',
  });

export type ServiceRouterOptions = z.infer<typeof serviceRouterOptions>;
