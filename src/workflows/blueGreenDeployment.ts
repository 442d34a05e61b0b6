/**
 * The workflow of one service: performs what the core decides, one command at a time, and lets people and CI in at any
 * moment. Each deployment is a run; the record goes from run to run.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  rootCause,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { next } from '../core/next.ts';
import { emptyService, type Service } from '../core/record.ts';
import type { Routing } from '../core/routing.ts';
import { step, successor } from '../core/service.ts';
import type { Event, StepFailure } from '../core/state.ts';
import { acceptDecisions, type Mailbox } from './handlers.ts';
import { type Notifications, notifications } from './notifications.ts';
import { WAY_BACK_ALERT_MS } from './options.ts';
import { type Performable, perform } from './perform.ts';
import { attributesPresenter, showDetails } from './presentation.ts';

/** What a run starts with: a service without a record, or what the run before hands over. */
export interface RunInput {
  service: string;
  carried?: Service;
  unsent?: ReturnType<Notifications['unsent']>;
}

/** A waiting run that has been talked to this much begins anew, so that its replay stays quick. */
const LONG_HISTORY = 2_000;

export async function blueGreenDeployment(input: RunInput): Promise<void> {
  let service = input.carried ?? emptyService(input.service);
  let forgotten = false;
  let current = { seq: -1, scope: new CancellationScope() };
  const presentAttributes = attributesPresenter();
  const news = notifications(input.unsent ?? []);

  const take = (change: (service: Service) => Service): void => {
    const before = service;
    service = change(service);
    presentAttributes(service);
    showDetails(service);
    news.tell(before, service);
    // The core gave out another command: what runs for the old one is not wanted any more.
    if (service.deployment?.seq !== current.seq) current.scope.cancel();
  };
  const forget = (): void => {
    forgotten = true;
    // A retention of a day must not keep the record open for a day.
    current.scope.cancel();
  };
  const mailbox: Mailbox = { service: () => service, take, forget };
  acceptDecisions(mailbox);
  // Cancelling the run never tears it: it is a decision like the others, and the run goes on to carry it out.
  CancellationScope.current().cancelRequested.catch(() => take((known) => step(known, { type: 'cancelled', at: Date.now() })));

  const isOver = (): boolean => service.deployment === null || service.deployment.step.name === 'ended';
  const isReplaceable = (): boolean => isOver() && (service.next !== null || workflowInfo().historyLength > LONG_HISTORY);

  const runCommand = async (command: Performable): Promise<Event | null> => {
    const { plan, deployment } = service;
    if (plan === null || deployment === null) return null;
    current = { seq: command.seq, scope: new CancellationScope({ cancellable: true }) };
    try {
      const result = await current.scope.run(() => {
        if (command.do === 'switch' && command.way === 'back') alertWhenSlow(() => news.alert(service, 'rollback-delayed'));
        return perform(service, plan, deployment, command);
      });
      return { type: 'completed', seq: command.seq, result, at: Date.now() };
    } catch (error) {
      // Whoever cancelled it has moved the state already.
      if (isCancellation(error)) return null;
      return { type: 'failed', seq: command.seq, failure: failureOf(error), at: Date.now() };
    }
  };

  const live = async (): Promise<void> => {
    presentAttributes(service);
    showDetails(service);
    while (!forgotten) {
      if (isReplaceable()) await handOver();
      const command = service.plan && service.deployment ? next(service.plan, service.deployment) : null;
      if (command === null || command.do === 'wait' || command.do === 'end') {
        await condition(() => forgotten || isReplaceable() || service.deployment?.seq !== command?.seq);
        continue;
      }
      const event = await runCommand(command);
      if (event) take((known) => step(known, event));
    }
    await condition(allHandlersFinished);
  };

  /** Returns only when somebody decided otherwise meanwhile (a rollback goes before the next deployment). */
  const handOver = async (): Promise<void> => {
    await news.settled(() => !isReplaceable());
    await condition(allHandlersFinished);
    if (!isReplaceable()) return;
    await continueAsNew<typeof blueGreenDeployment>({
      service: service.service,
      carried: successor(service, Date.now()),
      unsent: news.unsent(),
    });
  };

  await CancellationScope.nonCancellable(live);
}

/** The way back is tried for ever; when it takes long, people hear of it. The timer ends with the scope it was started in. */
function alertWhenSlow(alert: () => void): void {
  sleep(WAY_BACK_ALERT_MS, { summary: 'alert when the way back takes long' }).then(alert, () => undefined);
}

/** An activity that failed for good, in the core's words. */
function failureOf(error: unknown): StepFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const [details] = (cause.details ?? []) as [{ found?: Routing; wanted?: number; healthy?: number }?];
    const { found = null, wanted, healthy } = details ?? {};
    const counts = { ...(wanted !== undefined && { wanted }), ...(healthy !== undefined && { healthy }) };
    return { type: cause.type ?? 'Unknown', message: cause.message, found, ...counts };
  }
  if (cause instanceof TimeoutFailure) return { type: 'Timeout', message: `it took too long (${cause.timeoutType})`, found: null };
  return { type: 'Unknown', message: rootCause(error) ?? String(error), found: null };
}
