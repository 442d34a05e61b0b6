import { connect } from 'node:net';
import { parseAddress } from './address.ts';

export type Reachable = 'temporal' | 'nothing' | 'something-else';

/**
 * What answers at `host:port`: a Temporal server (without TLS), nothing (no listener, no such host, no answer to a connection), or
 * something that listens and is no Temporal server within `deadlineMs`. Never rejects for what it finds.
 */
export async function reachable(address: string, options: { deadlineMs: number }): Promise<Reachable> {
  const start = Date.now();
  // The common case, that nothing runs, costs no gRPC package.
  if (!(await somethingListens(address, options.deadlineMs))) return 'nothing';
  const left = Math.max(1, options.deadlineMs - (Date.now() - start));
  return (await temporalAnswers(address, left)) ? 'temporal' : 'something-else';
}

function somethingListens(address: string, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(parseAddress(address));
    const end = (listens: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(listens);
    };
    const timer = setTimeout(end, deadlineMs, false);
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

async function temporalAnswers(address: string, deadlineMs: number): Promise<boolean> {
  const { Connection } = await import('@temporalio/client');
  // No interceptors: the usual one tries again and again what a web server will never understand.
  const connection = Connection.lazy({ address, tls: false, interceptors: [] });
  try {
    const info = await connection.withDeadline(Date.now() + deadlineMs, () => connection.workflowService.getSystemInfo({}));
    return info.serverVersion !== '';
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
