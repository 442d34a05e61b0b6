import { isGrpcServiceError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client/lib/errors.js';
import { NamespaceNotFoundError } from '@temporalio/common';

/**
 * Why a client's call could not be answered with what was asked for.
 * - NoServer: no Temporal server answers, or the connection was lost
 * - NoWorker: the server answers, but nobody works on the task queue
 * - NotDeployed: the service has no record
 * - Refused: the state does not allow it · Invalid: the request makes no sense
 * - Failed: what was asked for was tried, and failed
 */
export type ClientErrorType = 'NoServer' | 'NoWorker' | 'NotDeployed' | 'Refused' | 'Invalid' | 'Failed';

export class ClientError extends Error {
  constructor(
    readonly type: ClientErrorType,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = type;
  }
}

export const isClientError = (error: unknown, type: ClientErrorType): error is ClientError =>
  error instanceof ClientError && error.type === type;

/** gRPC's status codes, as far as they matter here. */
const GRPC = {
  cancelled: 1,
  resourceExhausted: 8,
  aborted: 10,
  deadlineExceeded: 4,
  failedPrecondition: 9,
  unavailable: 14,
  permissionDenied: 7,
  unauthenticated: 16,
} as const;

export interface GrpcTrouble {
  kind: 'timeout' | 'lost' | 'not-ready' | 'busy' | 'no-namespace' | 'other';
  message: string;
}

/** What a failed call says about the server, or null when it is not the transport that failed. */
export function grpcTrouble(error: unknown): GrpcTrouble | null {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'timeout', message: error.message };
  if (error instanceof NamespaceNotFoundError) return { kind: 'no-namespace', message: error.message };
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(cause)) return null;
  // Of an update with start the client puts bytes there.
  const said = [cause.details, cause.message].find((text) => text && !/\p{Cc}/u.test(text));
  const message = said ?? `gRPC status ${cause.code}`;
  if (cause.code === GRPC.deadlineExceeded) return { kind: 'timeout', message };
  if (cause.code === GRPC.unavailable) return { kind: 'lost', message };
  // A run that was just handed over, or one whose worker has gone: nobody has worked on its first task yet.
  if (cause.code === GRPC.failedPrecondition) return { kind: 'not-ready', message };
  // It could not be done now: the server has too much to do, or two did something at once. We ourselves cancel nothing.
  if ([GRPC.cancelled, GRPC.resourceExhausted, GRPC.aborted].some((code) => code === cause.code)) return { kind: 'busy', message };
  return { kind: 'other', message };
}

/** Turns what is left over into one clear line; what is not the transport's passes as it is. */
export function explain(error: unknown, address: string): unknown {
  if (error instanceof NamespaceNotFoundError) {
    return new ClientError('NoServer', `the Temporal server at ${address} has no namespace ${error.namespace}`, { cause: error });
  }
  const trouble = grpcTrouble(error);
  if (trouble === null) return error;
  if (trouble.kind === 'lost' || trouble.kind === 'timeout') {
    return new ClientError('NoServer', `the connection to the Temporal server at ${address} was lost: ${trouble.message}`, {
      cause: error,
    });
  }
  return new ClientError('NoServer', `the Temporal server at ${address} answers: ${trouble.message}`, { cause: error });
}
