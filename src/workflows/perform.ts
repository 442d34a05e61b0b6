/** Carries out one command of the core by the activity that it stands for. */
import { type ActivityOptions, proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities/types.ts';
import { BLIND_DRAIN, blindUntil } from '../core/drain.ts';
import type { Plan } from '../core/plan.ts';
import type { Service } from '../core/record.ts';
import type { Command, Result, State } from '../core/state.ts';
import * as options from './options.ts';

// The real options come with each call; a proxy wants some.
const activities = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

const withSummary = (chosen: ActivityOptions, summary: string): ActivityOptions => ({ ...chosen, summary });

/** The commands that only wait for a decision are the loop's own affair. */
export type Performable = Exclude<Command, { do: 'wait' | 'end' }>;

export async function perform(service: Service, plan: Plan, state: State, command: Performable): Promise<Result> {
  switch (command.do) {
    case 'observe': {
      // A way back has to be possible from whatever went wrong.
      const input = state.kind === 'deployment' ? { plan, admit: true as const } : { plan };
      const seen = await activities.observe.executeWithOptions(withSummary(options.reading(plan), 'which color is live'), [input]);
      return { of: 'observe', ...seen };
    }
    case 'attach': {
      const back = state.step.name === 'attach-back';
      const chosen = withSummary(back ? options.switchingBack(plan) : options.switching(plan), `have ${command.color} checked`);
      return { of: 'attach', ...(await activities.attach.executeWithOptions(chosen, [{ plan, color: command.color }])) };
    }
    case 'await-ready': {
      const { color, needs } = command;
      const chosen = withSummary(options.awaitingReady(plan), `until ${color} is healthy`);
      return { of: 'await-ready', ...(await activities.awaitReady.executeWithOptions(chosen, [{ plan, color, needs }])) };
    }
    case 'spread': {
      const { since, pending } = command;
      const chosen = withSummary(options.spreading(plan), 'until users can have moved');
      return { of: 'spread', ...(await activities.spread.executeWithOptions(chosen, [{ plan, since, pending }])) };
    }
    case 'settle': {
      const { live, snapshot } = command;
      await activities.settle.executeWithOptions(withSummary(options.switching(plan), `${live} alone`), [{ plan, live, snapshot }]);
      return { of: 'settle' };
    }
    case 'read':
      return {
        of: 'read',
        ...(await activities.readRouting.executeWithOptions(withSummary(options.readingBack(plan), 'what the router says'), [{ plan }])),
      };
    case 'drain': {
      const { color, lastSwitchAt } = command;
      // Nothing can be counted, and the time is over: no worker knows more.
      if (plan.router.countsConnections === false && Date.now() >= blindUntil(plan, lastSwitchAt))
        return { of: 'drain', detail: BLIND_DRAIN };
      const chosen = withSummary(options.draining(plan), `drain ${color}`);
      return { of: 'drain', ...(await activities.drain.executeWithOptions(chosen, [{ plan, color, lastSwitchAt }])) };
    }
    case 'deploy': {
      const { color, version, capacity, deploymentId } = command;
      const own = command.plan === 'own' ? plan : previousPlan(service, plan, version);
      const chosen = withSummary(options.deploying(own), `${version} to ${color}`);
      return { of: 'deploy', ...(await activities.deploy.executeWithOptions(chosen, [{ plan: own, color, capacity, deploymentId }])) };
    }
    case 'test': {
      const chosen = withSummary(options.testing(plan), `${command.version} on ${command.color}`);
      return { of: 'test', ...(await activities.smokeTest.executeWithOptions(chosen, [{ plan, color: command.color }])) };
    }
    case 'warm-up': {
      const chosen = withSummary(options.warmingUp, `${state.version} on ${command.color}`);
      return { of: 'warm-up', ...(await activities.warmUp.executeWithOptions(chosen, [{ plan, color: command.color }])) };
    }
    case 'switch': {
      const { to, expect, minimum, needs } = command;
      const back = command.way === 'back';
      const chosen = withSummary(back ? options.switchingBack(plan) : options.switching(plan), `${back ? 'back ' : ''}to ${to}`);
      return { of: 'switch', ...(await activities.switchTraffic.executeWithOptions(chosen, [{ plan, to, expect, minimum, needs }])) };
    }
    case 'confirm': {
      const chosen = withSummary(options.confirming(plan), `users get ${command.version ?? command.color}`);
      return { of: 'confirm', ...(await activities.confirm.executeWithOptions(chosen, [{ plan, version: command.version }])) };
    }
    case 'sample': {
      const { color, since, endsAt, count, cursors } = command;
      const chosen = withSummary(options.sampling(plan, count), count === 1 ? `check ${color}` : `check ${color}, ${count} samples`);
      return { of: 'sample', ...(await activities.sample.executeWithOptions(chosen, [{ plan, color, since, endsAt, count, cursors }])) };
    }
    case 'scale': {
      const { color, capacity } = command;
      const grow = state.step.name === 'scale-down' ? 'down' : 'up';
      const isWaitedFor = grow === 'up' && state.step.name !== 'make-whole';
      const chosen = withSummary(isWaitedFor ? options.deploying(plan) : options.cleaningUp(plan), `${color} to ${capacity}`);
      await activities.scale.executeWithOptions(chosen, [{ plan, color, capacity, grow }]);
      return { of: 'scale' };
    }
    case 'remove':
      await activities.remove.executeWithOptions(withSummary(options.cleaningUp(plan), `remove ${command.color}`), [
        { plan, color: command.color },
      ]);
      return { of: 'remove' };
    case 'sleep':
      await sleep(Math.max(1, command.until - Date.now()), { summary: state.step.name });
      return { of: 'sleep' };
  }
}

/** The plan that the old version came with; where cutover did not deploy it, today's with that version. */
function previousPlan(service: Service, plan: Plan, version: string): Plan {
  const { from } = service.lastSwitch ?? {};
  return { ...(from?.version === version && from.plan ? from.plan : plan), version };
}
