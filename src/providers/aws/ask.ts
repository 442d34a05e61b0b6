/** One request to AWS, and its failure in our words: which operation on what, what AWS said, what to do. */
import { Failure, type FailureType } from '../../core/failure.ts';
import type { Call } from '../types.ts';

export interface Asked {
  /** As IAM names it, `service:Operation`: elasticloadbalancing:ModifyListener */
  action: string;
  /** The ARN, or the name, of what it is done to. */
  resource: string;
}

const DENIED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|NotAuthorized)/;
const NO_CREDENTIALS =
  /^(CredentialsProviderError|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|MissingAuthenticationToken|ExpiredToken|ExpiredTokenException)/;
const THROTTLED =
  /^(Throttling|ThrottlingException|ThrottledException|RequestLimitExceeded|TooManyRequestsException|PriorRequestNotComplete|RequestThrottled)/;
const MISSING = /(NotFound|NotFoundException|NoSuchHostedZone|NoSuchChange|DoesNotExist|ResourceNotFound)$/;
const WRONG =
  /^(Validation|InvalidParameter|InvalidConfiguration|InvalidInput|InvalidChangeBatch|ClientException|InvalidTarget|InvalidLoadBalancerAction|OperationNotPermitted|TargetGroupAssociationLimit|TooMany(?!Requests)|UnsupportedProtocol|IncompatibleProtocols)/;

/**
 * Sends one request. Throws PermissionDenied, NotFound and InvalidConfiguration, which are final, and Unavailable for all else:
 * a write that failed so may have happened all the same.
 */
export async function ask<Answer>(
  call: Call,
  { action, resource }: Asked,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await send(call.signal);
  } catch (error) {
    call.signal.throwIfAborted();
    throw failureOf(error as SdkError, { action, resource });
  }
}

interface SdkError {
  name?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
}

function failureOf(error: SdkError, { action, resource }: Asked): Failure {
  const name = error.name ?? 'Error';
  const said = `${name}: ${(error.message ?? 'no message').replace(/\s+/g, ' ').slice(0, 400)}`;
  const failure = (type: FailureType, what: string, cure: string) =>
    new Failure(type, `${action} on ${resource} ${what} (${said}); ${cure}`);
  if (DENIED.test(name)) return failure('PermissionDenied', 'is not allowed', `allow ${action} on it to the worker's role, then try again`);
  if (NO_CREDENTIALS.test(name))
    return failure(
      'Unavailable',
      'was not asked',
      'the worker has no valid AWS credentials: check its role, AWS_PROFILE or AWS_ACCESS_KEY_ID',
    );
  if (THROTTLED.test(name)) return failure('Unavailable', 'was throttled', 'it is tried again');
  if (MISSING.test(name)) return failure('NotFound', 'found nothing', 'check the name or ARN, the region and the account');
  if (WRONG.test(name)) return failure('InvalidConfiguration', 'was refused', 'correct what it names');
  const status = error.$metadata?.httpStatusCode;
  const what = status === 403 ? 'is not allowed, it seems' : `was not answered properly${status ? ` (HTTP ${status})` : ''}`;
  return failure('Unavailable', what, 'whether it happened is not known; it is read again');
}
