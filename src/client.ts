/**
 * A typed facade over Temporal: what the command does, for other programs. Loads Temporal's client only.
 * Every method throws ClientError; its `type` says why.
 */
import { connectLink, type Link } from './client/connection.ts';
import { type Decisions, decide, forget } from './client/decide.ts';
import { noRecord } from './client/noRecord.ts';
import { observe } from './client/observe.ts';
import { currentPlan, history, services, status } from './client/query.ts';
import type { ConnectOptions } from './client/resolve.ts';
import { submit } from './client/submit.ts';
import { statusNow } from './client/underWay.ts';
import { type WatchOptions, watch } from './client/watch.ts';
import type { Decision, DecisionName, DeployRequest, Plan } from './contract.ts';

export type { Decisions } from './client/decide.ts';
export { ClientError, type ClientErrorType, isClientError } from './client/errors.ts';
export { type ConnectOptions, type ResolvedConnection, resolveConnection } from './client/resolve.ts';
export type { WatchOptions } from './client/watch.ts';

export type Cutover = ReturnType<typeof facade>;

/** Answers within ten seconds, or throws ClientError NoServer. */
export async function connect(options: ConnectOptions = {}): Promise<Cutover> {
  return facade(await connectLink(options));
}

const facade = (link: Link) => ({
  address: link.address,
  namespace: link.namespace,
  taskQueue: link.taskQueue,
  submit: (request: DeployRequest) => submit(link, request),
  status: (service: string, deploymentId?: string, timeoutMs?: number) => status(link, service, deploymentId, timeoutMs),
  statusNow: (service: string, deploymentId?: string) => statusNow(link, service, deploymentId),
  /** Why the answers above and below are null: an error to throw. */
  noRecord: (service: string) => noRecord(link, service),
  plan: (service: string) => currentPlan(link, service),
  history: (service: string) => history(link, service),
  services: () => services(link),
  decide: <Name extends DecisionName>(service: string, name: Name, decision: Decisions[Name]) => decide(link, service, name, decision),
  forget: (service: string, decision: Decision) => forget(link, service, decision),
  observe: (plan: Plan, asked?: { inspect?: true }) => observe(link, plan, asked),
  watch: (service: string, options?: WatchOptions) => watch(link, service, options),
  close: () => link.connection.close(),
});
