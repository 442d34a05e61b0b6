/** Drives one service through examples: commands are carried out in the simulated world until a step is reached. */
import type { Concurrency, StatusDocument } from '../../src/contract.ts';
import { next } from '../../src/core/next.ts';
import { emptyService, type Service } from '../../src/core/record.ts';
import { decide, decisionRefusal, isSeen, step, submit, submitRefusal, successor } from '../../src/core/service.ts';
import type { Command, Event, State, StepName, Taken } from '../../src/core/state.ts';
import { statusOf } from '../../src/core/status.ts';
import { type Fault, perform } from './perform.ts';
import { type PlanChanges, planOf } from './plans.ts';
import { tick, type World } from './world.ts';

export class Drive {
  service: Service = emptyService('shop');
  /** Every command that was carried out. */
  commands: Command[] = [];
  world: World;
  private changes: PlanChanges;
  private ids = 0;

  constructor(world: World, changes: PlanChanges = {}) {
    this.world = world;
    this.changes = changes;
  }

  get state(): State {
    return this.service.deployment!;
  }

  get status(): StatusDocument {
    return statusOf(this.service)!;
  }

  /** Answers why it is refused, or null. */
  submit(version: string, concurrency: Concurrency = 'reject', requestId = version): string | null {
    const plan = planOf({ ...this.changes, version, concurrency });
    const refused = submitRefusal(this.service, { requestId, plan, by: 'ann' });
    if (refused !== null) return refused;
    const request = {
      deploymentId: this.newId(),
      requestId,
      kind: 'deployment' as const,
      plan,
      by: 'ann',
      reason: null,
      at: this.world.now,
    };
    this.service = submit(this.service, request, this.world.now);
    this.handOver();
    return null;
  }

  /** Answers why it is refused, or null. */
  tell(decision: Taken, id?: string): string | null {
    if (isSeen(this.service, id)) return null;
    const refused = decisionRefusal(this.service, decision);
    if (refused !== null) return refused;
    this.service = decide(this.service, decision, { by: 'ann', reason: 'because', id }, this.newId(), this.world.now);
    this.handOver();
    return null;
  }

  cancel(): void {
    this.service = step(this.service, { type: 'cancelled', at: this.world.now });
  }

  work(fault: Fault = 'none'): void {
    this.world = tick(this.world);
    const command = next(this.service.plan!, this.state);
    this.commands.push(command);
    const { world, ending } = perform(this.world, command, fault);
    this.world = world;
    const event: Event = { ...ending, seq: command.seq, at: world.now };
    this.service = step(this.service, event);
    this.handOver();
  }

  /** `version`: of the deployment that is to get there; the current one when not given. */
  until(name: StepName, version = this.state.version): this {
    for (let turns = 0; turns < 3_000; turns++) {
      if (this.state.step.name === name && this.state.version === version) return this;
      if (this.state.step.name === 'blocked' || (this.state.step.name === 'ended' && this.service.next === null)) break;
      this.work();
    }
    throw new Error(`${this.state.version} does not get to ${name}, it is at ${this.state.step.name}: ${this.status.reason}`);
  }

  private newId(): string {
    this.ids += 1;
    return `d${this.ids}`;
  }

  private handOver(): void {
    if (this.service.next !== null && this.state.step.name === 'ended') this.service = successor(this.service, this.world.now);
  }
}
