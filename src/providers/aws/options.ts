/** Keys that every provider of AWS has. */
import * as z from 'zod';
import { text } from '../../config/fields.ts';

const ROLE_ARN = /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/;

/** Which account and region. What is not given comes from the AWS SDK's own chain (AWS_REGION, AWS_PROFILE, the worker's role). */
export const awsAccess = {
  region: text().optional().describe("The AWS region; else the SDK's own (AWS_REGION, the profile)."),
  assumeRole: z
    .union([
      z.string().regex(ROLE_ARN, { error: 'expected the ARN of a role: arn:aws:iam::123456789012:role/name' }),
      z.strictObject({
        arn: z.string().regex(ROLE_ARN, { error: 'expected the ARN of a role: arn:aws:iam::123456789012:role/name' }),
        externalId: text().optional(),
      }),
    ])
    .optional()
    .describe('A role that the worker assumes for this, where the account is another one.'),
};

export type AwsAccess = z.infer<z.ZodObject<typeof awsAccess>>;
