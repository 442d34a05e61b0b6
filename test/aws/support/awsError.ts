/** An error as each protocol of AWS words it on the wire. */
import type { AwsRequest } from './request.ts';
import { escapeXml } from './xml.ts';

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const DENIED = { query: 'AccessDenied', 'rest-xml': 'AccessDenied', ec2: 'UnauthorizedOperation', json: 'AccessDeniedException' };
const THROTTLED = { query: 'Throttling', 'rest-xml': 'Throttling', ec2: 'RequestLimitExceeded', json: 'ThrottlingException' };
const STATUSES: Record<string, number> = { AccessDenied: 403, UnauthorizedOperation: 403, InternalFailure: 500, ServiceUnavailable: 503 };

/** `code` AccessDenied and Throttling become what the request's protocol calls them. */
export function awsError(request: AwsRequest, code: string, options: { message?: string; status?: number } = {}): WireAnswer {
  const { protocol } = request;
  const name = code === 'AccessDenied' ? DENIED[protocol] : code === 'Throttling' ? THROTTLED[protocol] : code;
  const message = options.message ?? messageFor(request, code);
  const status = options.status ?? STATUSES[name] ?? 400;
  if (protocol === 'json') {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': name };
    return { status, headers, body: JSON.stringify({ __type: name, message }) };
  }
  const error = `<Code>${name}</Code><Message>${escapeXml(message)}</Message>`;
  const body =
    protocol === 'ec2'
      ? `<Response><Errors><Error>${error}</Error></Errors><RequestID>fault</RequestID></Response>`
      : `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>fault</RequestId></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function messageFor({ action }: AwsRequest, code: string): string {
  if (code === 'Throttling') return 'Rate exceeded';
  if (code !== 'AccessDenied') return `${code}, injected`;
  const who = 'arn:aws:sts::123456789012:assumed-role/cutover/worker';
  return `User: ${who} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
}
