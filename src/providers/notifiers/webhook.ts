import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { duration } from '../../config/duration.ts';
import { headers, httpUrl } from '../../config/fields.ts';
import { parseAddress } from '../http/address.ts';
import { exchange } from '../http/exchange.ts';
import { defineNotifier } from '../types.ts';

const options = z.strictObject({
  url: httpUrl().describe('Gets every event as a POST of {"id", "event", "at", "status"}.'),
  secret: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Signs each request: X-Cutover-Signature is sha256= and the hexadecimal HMAC-SHA256 of X-Cutover-Timestamp, a dot and the body.',
    ),
  headers: headers().default({}).describe('More headers of the request.'),
  timeout: duration.prefault('5s').describe('How long the answer may take.'),
});

/**
 * A receiver checks the signature with `HMAC-SHA256(secret, timestamp + "." + body)` over the body's bytes as they came, and
 * refuses a timestamp (Unix seconds) that is too old: a request that somebody recorded cannot be sent again later.
 */
export const signature = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

export const webhook = defineNotifier({
  type: 'webhook',
  description: 'Sends every event to an address of yours.',
  options,
  create: async (given) => ({
    async send({ signal }, { id, event, at, status }) {
      const { url, authorization, origin } = parseAddress(given.url, "url of the notifier 'webhook'");
      const body = JSON.stringify({ id, event, at, status });
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signed = given.secret === undefined ? {} : { 'x-cutover-signature': signature(given.secret, timestamp, body) };
      const own = {
        'content-type': 'application/json',
        'user-agent': 'cutover',
        'x-cutover-event': event,
        'x-cutover-delivery': id,
        'x-cutover-timestamp': timestamp,
      };
      await exchange({
        url,
        // Of many receivers the path is the secret.
        shown: origin,
        method: 'POST',
        headers: [authorization, given.headers, own, signed],
        body,
        timeoutMs: given.timeout,
        signal,
      });
    },
  }),
});
