/** What a deployment has to pass besides the smoke tests: identity, warm-up, approval; and what is kept afterwards. */
import * as z from 'zod';
import { duration } from '../duration.ts';
import { count, text, urlPath } from '../fields.ts';
import { span } from '../span.ts';

export const identity = z
  .strictObject({
    path: urlPath().optional().describe('Where a running copy says which version it is; / where a header says it.'),
    json: text().optional().describe('The field of the JSON answer, as a dotted path.'),
    header: z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'expected the name of an HTTP header' })
      .optional()
      .describe('The header of the answer.'),
  })
  .superRefine(({ path, json, header }, context) => {
    const complain = (message: string, path: string[] = []) => context.addIssue({ code: 'custom', path, message });
    if (json === undefined && header === undefined) complain('needs json (a field of the answer) or header: where is the version?');
    else if (json !== undefined && header !== undefined) complain('json or header, not both', ['header']);
    else if (json !== undefined && path === undefined) complain('missing; expected the path whose answer has the version', ['path']);
  })
  .transform(({ path, ...where }) => ({ path: path ?? '/', ...where }))
  .describe('Where a running copy says which version it is.');

export const warmup = z
  .strictObject({
    path: urlPath().prefault('/').describe('Requested of the idle color.'),
    requests: count(1, 1_000_000).prefault(200).describe('How many requests.'),
    concurrency: count(1, 1000).prefault(10).describe('How many at the same time.'),
  })
  .describe('Requests to the idle color after the smoke tests, so that users do not meet a cold one.');

export const approval = z
  .strictObject({
    required: z.boolean().prefault(false).describe('Whether a person has to approve before the switch.'),
    timeout: span.prefault('1h').describe('How long an answer is awaited.'),
    onTimeout: z.enum(['reject', 'approve']).prefault('reject').describe('What no answer means.'),
  })
  .prefault({})
  .describe('The approval before the switch.');

export const retention = z
  .strictObject({
    duration: duration.prefault('24h').describe('How long the old color stays up, ready for an instant rollback.'),
    capacity: z
      .union([count(1, 100_000), z.literal('keep')])
      .prefault(1)
      .describe("What it is scaled to meanwhile ('keep' = as it was)."),
    then: z.enum(['remove', 'keep']).prefault('remove').describe('What happens to it afterwards.'),
  })
  .prefault({})
  .describe('What happens to the old color after the monitoring window.');
