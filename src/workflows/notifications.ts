/** Tells the notifiers what happens. Never awaited by a deployment; what is unsent at a hand-over goes to the next run. */
import { condition, proxyActivities, uuid4 } from '@temporalio/workflow';
import type { Activities } from '../activities/types.ts';
import type { StatusDocument } from '../contract.ts';
import type { Json, Plan } from '../core/plan.ts';
import type { Service } from '../core/record.ts';
import { statusOf } from '../core/status.ts';
import { NOTIFY_GRACE_MS, notifying } from './options.ts';

const { notify } = proxyActivities<Activities>(notifying);

type Envelope = Parameters<Activities['notify']>[0];

export interface Notifications {
  /** Sends what has changed, if anything that people want to hear of has. */
  tell(before: Service, after: Service): void;
  alert(service: Service, event: string): void;
  /** Waits a little for what is under way, and not at all once it is `interrupted`. */
  settled(interrupted: () => boolean): Promise<void>;
  unsent(): Envelope[];
}

export function notifications(inherited: Envelope[]): Notifications {
  const pending = new Set<Envelope>();
  const send = (envelope: Envelope): void => {
    pending.add(envelope);
    const { event } = envelope.notification;
    const done = (): void => void pending.delete(envelope);
    // A notification that cannot be delivered decides nothing; the failed activity in the history says so.
    notify.executeWithOptions({ ...notifying, summary: event }, [envelope]).then(done, done);
  };
  const sendStatus = (service: Service, event: string): void => {
    const status = statusOf(service);
    if (status === null || service.plan === null || service.plan.notify.length === 0) return;
    const notification = { id: uuid4(), event, at: new Date().toISOString(), status: status as unknown as Json };
    for (const notifier of service.plan.notify) send({ plan: onlyNotifier(service.plan, notifier), notification });
  };
  for (const envelope of inherited) send(envelope);
  return {
    tell: (before, after) => {
      const event = changeOf(statusOf(before), statusOf(after));
      if (event !== null) sendStatus(after, event);
    },
    alert: sendStatus,
    settled: async (interrupted) => {
      if (pending.size > 0) await condition(() => pending.size === 0 || interrupted(), NOTIFY_GRACE_MS);
    },
    unsent: () => [...pending],
  };
}

/** Each notifier is told by an activity of its own: one that is down does not silence another. */
const onlyNotifier = (plan: Plan, notifier: Plan['notify'][number]): Plan => ({ ...plan, notify: [notifier], smokeTests: [] });

/** The most important of what changed, by the name under which it is sent. */
function changeOf(before: StatusDocument | null, after: StatusDocument | null): string | null {
  if (after === null) return null;
  if (before?.phase !== after.phase && after.phase === 'needs-intervention') return 'needs-intervention';
  if (before?.outcome !== after.outcome && after.outcome !== null) return 'outcome';
  if (before?.phase !== after.phase && after.phase === 'rolling-back') return 'rollback';
  if ((before?.decisions.length ?? 0) < after.decisions.length) return 'decision';
  return before?.phase === after.phase ? null : 'phase';
}
