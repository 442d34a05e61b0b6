import * as z from 'zod';
import { count, headers, name, text, urlPath } from '../fields.ts';
import { span } from '../span.ts';
import { uniqueNames } from '../uniqueNames.ts';

const expectation = z
  .strictObject({
    status: count(100, 599).optional().describe('The status that the answer has; any 2xx without it.'),
    json: z.json().optional().describe('What the answer, as JSON, contains at least.'),
    text: text().optional().describe('What the text of the answer contains.'),
  })
  .prefault({})
  .describe('What the answer has to be.');

const smokeTest = z
  .strictObject({
    name: name().describe('Unique among the smoke tests.'),
    path: urlPath().describe('Requested of the idle color.'),
    method: z
      .string()
      .regex(/^[A-Za-z]{1,20}$/, { error: 'expected an HTTP method' })
      .transform((method) => method.toUpperCase())
      .optional()
      .describe('GET, or POST where there is a body.')
      .meta({ default: 'GET' }),
    headers: headers().prefault({}).describe('Headers of the request.'),
    body: z
      .union([z.string(), z.record(z.string(), z.json())])
      .optional()
      .describe('Sent as it is when it is text, as JSON when it is a mapping.'),
    expect: expectation,
    timeout: span.prefault('5s').describe('How long the answer may take.'),
    retries: count(0, 100).prefault(0).describe('How many times a failed test is tried again.'),
  })
  .refine(({ method, body }) => body === undefined || !/^(GET|HEAD)$/.test(method ?? ''), {
    path: ['body'],
    error: 'a request with the method GET or HEAD has no body',
  });

export const smokeTests = z
  .array(smokeTest)
  .check(uniqueNames)
  .prefault([])
  .describe('Requests to the idle color, all in parallel, before any user sees it.');
