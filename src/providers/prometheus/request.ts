/** One POST of a form, by node:https: fetch takes no certificates of our own. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { LONGEST_TIMER_MS } from '../../core/duration.ts';
import { Failure } from '../../core/failure.ts';
import type { TlsSettings } from './tls.ts';

export interface FormRequest {
  url: string;
  /** How the address is called in errors: addresses may hold secrets. */
  shown: string;
  form: Record<string, string>;
  /** Later ones replace earlier ones of the same name, however that is written. */
  headers: Record<string, string>[];
  tls: TlsSettings;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface FormAnswer {
  status: number;
  /** Where it wants the client to go, without its query; null where it says nothing of that. */
  location: string | null;
  body: string;
}

/** One number is wanted: this is a thousand series, which say all that there is to say about a query that gives too many. */
const LONGEST_ANSWER = 1024 * 1024;

/** What OpenSSL and Node call a certificate that they do not accept. */
const NOT_TRUSTED = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_)/;
const NOT_USABLE = /^(ERR_OSSL_|ERR_INVALID_CHAR|ERR_SSL_|EPROTO)/;

/** Whatever it answered. Throws Unavailable where nothing (or too much) came, InvalidConfiguration where TLS cannot work. */
export async function postForm(asked: FormRequest): Promise<FormAnswer> {
  const { shown, timeoutMs, signal } = asked;
  const limit = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMER_MS));
  try {
    return await send(asked, AbortSignal.any([signal, limit]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    if (limit.aborted)
      throw new Failure('Unavailable', `POST ${shown} did not answer within ${timeoutMs} ms; ask for less, or raise timeout`);
    throw failureOf(shown, error as NodeJS.ErrnoException);
  }
}

function send({ url, shown, form, headers, tls }: FormRequest, signal: AbortSignal): Promise<FormAnswer> {
  const body = new URLSearchParams(form).toString();
  const own = Object.fromEntries(headers.flatMap(Object.entries<string>).map(([name, value]) => [name.toLowerCase(), value]));
  const options = {
    method: 'POST',
    headers: { ...own, 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) },
    signal,
    // One request a minute: a connection that was kept would mostly be one that the server has closed.
    agent: false,
  } as const;
  return new Promise((resolve, reject) => {
    const sent = url.startsWith('https:') ? requestHttps(url, { ...options, ...tls }) : requestHttp(url, options);
    sent.on('error', reject);
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length <= LONGEST_ANSWER) return;
        reject(tooLong(shown));
        sent.destroy();
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, location: target(response.headers.location, url), body: text }),
      );
    });
    sent.end(body);
  });
}

const tooLong = (shown: string): Failure =>
  new Failure(
    'InvalidConfiguration',
    `POST ${shown} answered with more than ${LONGEST_ANSWER} bytes: the query gives far more than one number; aggregate it`,
  );

function target(location: string | undefined, from: string): string | null {
  if (location === undefined || !URL.canParse(location, from)) return null;
  const { origin, pathname } = new URL(location, from);
  return origin + pathname;
}

/** Only a code: messages may quote addresses and header values. */
function failureOf(shown: string, { code, name }: NodeJS.ErrnoException): Failure {
  const reason = code ?? name;
  if (NOT_TRUSTED.test(reason))
    return new Failure(
      'InvalidConfiguration',
      `POST ${shown}: the server's certificate is not accepted (${reason}); name its authority in tls.caFile, or the name in it in tls.serverName`,
    );
  if (NOT_USABLE.test(reason))
    return new Failure(
      'InvalidConfiguration',
      `POST ${shown} cannot be sent (${reason}); check http:// or https://, tls.certFile and tls.keyFile, and that no token has a line break`,
    );
  return new Failure('Unavailable', `POST ${shown} failed (${reason}); check that Prometheus runs, and that the worker can reach it`);
}
