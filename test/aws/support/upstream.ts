/** Requests of the proxy to moto: the client's own, and questions of the proxy in the client's name (its region and account). */
import { request as httpRequest } from 'node:http';
import type { WireAnswer } from './awsError.ts';
import type { AwsRequest, WireRequest } from './request.ts';
import { type Element, parseXml } from './xml.ts';

/** What HTTP says about a single connection, or is computed anew. */
const NOT_PASSED_ON = new Set(['connection', 'content-length', 'transfer-encoding', 'expect', 'keep-alive']);

export class Upstream {
  constructor(private readonly url: string) {}

  send({ method, path, headers, body }: WireRequest): Promise<WireAnswer> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const length = Buffer.byteLength(body);
      const passed = { ...passedOn(headers), ...(length > 0 && { 'content-length': String(length) }) };
      const sent = httpRequest({ hostname, port, method, path, headers: passed, agent: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: passedOn(answer.headers), body: Buffer.concat(parts).toString('utf8') }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** An operation of the same service (query protocol), asked by the proxy itself. Null where moto answers an error. */
  async ask(request: AwsRequest, operation: string, params: Record<string, string> = {}): Promise<Element | null> {
    const version = new URLSearchParams(request.body).get('Version') ?? '';
    const body = new URLSearchParams({ Action: operation, Version: version, ...params }).toString();
    const { status, body: answer } = await this.send({ ...request, body });
    return status === 200 ? parseXml(answer) : null;
  }
}

function passedOn(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const known = Object.entries(headers).filter(([name, value]) => !NOT_PASSED_ON.has(name) && value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, String(value)]));
}
