/** One service over many deployments, driven as the workflow drives it: one command at a time, anything in between. */
import { next } from '../../src/core/next.ts';
import type { Plan } from '../../src/core/plan.ts';
import { emptyService, type Service, waiting } from '../../src/core/record.ts';
import { decide, decisionRefusal, isSeen, knownRequest, step, submit, submitRefusal, successor } from '../../src/core/service.ts';
import type { Command, Event, State, Taken } from '../../src/core/state.ts';
import { deedsOfOthers, doubted, heard } from './happenings.ts';
import { type Fault, faultsOf, isWrite, perform } from './perform.ts';
import { planOf } from './plans.ts';
import { PROMISES } from './promises.ts';
import { SAFETY_RULES, type Transition } from './rules.ts';
import { tick, type World } from './world.ts';

/** `pick`: any number; what it chooses from depends on the moment. */
export type Action =
  | { do: 'work'; fault: number }
  | { do: 'decide'; decision: Taken; id: number; happened: boolean }
  | { do: 'submit'; request: number; concurrency: Plan['concurrency']; happened: boolean }
  | { do: 'cancel'; happened: boolean }
  | { do: 'interfere'; pick: number };

/** Everything that was ever accepted, to see that nothing is lost or begun twice. */
interface Books {
  accepted: { requestId: string; displaced: boolean }[];
  begun: string[];
}

export class Schedule {
  service: Service = emptyService('shop');
  world: World;
  doubt = false;
  books: Books = { accepted: [], begun: [] };
  private ids = 0;
  private changes: Parameters<typeof planOf>[0];

  constructor(world: World, changes: Parameters<typeof planOf>[0]) {
    this.world = world;
    this.changes = changes;
  }

  /** What has happened so far, for whoever has to understand a failure. */
  private story: string[] = [];

  act(action: Action): void {
    try {
      this.take(action);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n  ${this.story.join('\n  ')}\n  ${JSON.stringify(action)}`);
    }
    const { version, step: at, outcome } = this.service.deployment ?? {};
    this.story.push(`${JSON.stringify(action)} → ${version} ${at?.name} ${outcome ?? ''} (users on ${this.world.routing})`);
  }

  private take(action: Action): void {
    this.world = tick(this.world);
    if (action.do === 'work') this.work(action.fault);
    if (action.do === 'decide') this.decide(action.decision, `decision-${action.id}`, action.happened);
    if (action.do === 'submit') this.submit(`request-${action.request}`, action.concurrency, action.happened);
    if (action.do === 'cancel') this.interrupt(action.happened, (known, at) => step(known, { type: 'cancelled', at }));
    if (action.do === 'interfere') this.interfere(action.pick);
    this.handOver();
    this.audit();
  }

  /** Nothing goes wrong any more, and whoever is asked gives up on what cannot be done. */
  settle(): void {
    for (let turns = 0; turns < 400 && !this.isSettled(); turns++) this.act({ do: 'work', fault: 0 });
    if (!this.isSettled()) throw new Error(`still ${this.service.deployment?.step.name} after 400 commands without a fault`);
  }

  private isSettled(): boolean {
    const name = this.service.deployment?.step.name;
    return (name === undefined || name === 'ended' || name === 'blocked') && (this.service.next === null || name === 'blocked');
  }

  private command(): Command | null {
    const { plan, deployment } = this.service;
    return plan && deployment ? next(plan, deployment) : null;
  }

  private work(pick: number): void {
    const command = this.command();
    const state = this.service.deployment;
    if (command === null || state === null || command.do === 'wait' || command.do === 'end') return;
    const faults: Fault[] = ['none', 'none', 'none', ...faultsOf(command)];
    const fault = faults[pick % faults.length]!;
    const before = { world: this.world, doubt: this.doubt };
    const { world, ending } = perform(this.world, command, fault);
    const event: Event = { ...ending, seq: command.seq, at: world.now };
    this.world = heard(world, state, event);
    this.doubt = doubted(this.doubt, command, event);
    const effect = fault !== 'fails' && fault !== 'denied';
    this.change((known) => step(known, event), { command, effect, event, before });
  }

  /** Something is said while a command is under way: where it is not wanted any more, a write is awaited all the same. */
  private interrupt(happened: boolean, say: (service: Service, at: number) => Service, event: Event | null = null): void {
    const command = this.command();
    const was = this.service.deployment;
    const before = { world: this.world, doubt: this.doubt };
    const { now } = this.world;
    const told = say(this.service, now);
    const current = told.deployment;
    const sameRun = was !== null && current?.deploymentId === was.deploymentId;
    const interrupted = command !== null && sameRun && current?.seq !== command.seq && isWrite(command);
    if (interrupted && command.do === 'switch') this.doubt = true;
    const effect = interrupted && happened;
    const written = effect ? perform(this.world, command, 'none') : null;
    if (written) this.world = written.world;
    this.change(() => told, command && sameRun ? { command, effect, event, before } : null);
    if (!written || !command) return;
    const late: Event = { ...written.ending, seq: command.seq, at: this.world.now };
    const after = this.service.deployment;
    this.service = step(this.service, late);
    if (this.service.deployment !== after) throw new Error(`a late completion of ${command.do} changed the deployment`);
  }

  private decide(decision: Taken, id: string, happened: boolean): void {
    const { service } = this;
    if (isSeen(service, id)) return;
    const refused = decisionRefusal(service, decision) !== null;
    if (refused) return;
    this.ids += 1;
    const deploymentId = `d${this.ids}`;
    this.interrupt(happened, (known, at) => decide(known, decision, { by: 'ann', id }, deploymentId, at));
    const begins = [...waiting(this.service), this.service.deployment].some((one) => one?.deploymentId === deploymentId);
    if (begins) this.accept(deploymentId);
    else if (this.service.deployment === service.deployment) throw new Error(`${decision.name} was taken and changed nothing`);
  }

  private submit(requestId: string, concurrency: Plan['concurrency'], happened: boolean): void {
    const { service } = this;
    if (knownRequest(service, requestId) !== null) return;
    const plan = planOf({ ...this.changes, version: `${requestId}-v`, concurrency });
    if (submitRefusal(service, { requestId, plan, by: 'ann' }) !== null) return;
    const again = this.books.accepted.some((one) => one.requestId === requestId);
    this.ids += 1;
    const request = {
      deploymentId: `d${this.ids}`,
      requestId,
      kind: 'deployment' as const,
      plan,
      by: 'ann',
      reason: null,
      at: this.world.now,
    };
    if (again) return;
    const displaced = concurrency === 'supersede' ? waiting(service).map((one) => one.requestId) : [];
    this.interrupt(happened, (known, at) => submit(known, request, at));
    for (const one of this.books.accepted) if (displaced.includes(one.requestId)) one.displaced = true;
    this.accept(requestId);
  }

  private accept(requestId: string): void {
    this.books.accepted.push({ requestId, displaced: false });
    this.begun();
  }

  private interfere(pick: number): void {
    const deeds = [...deedsOfOthers(this.world)];
    this.world = deeds[pick % deeds.length]?.world ?? this.world;
  }

  /** What the workflow does by continuing as new. */
  private handOver(): void {
    if (this.service.next === null || this.service.deployment?.step.name !== 'ended') return;
    this.service = successor(this.service, this.world.now);
    this.doubt = false;
    this.begun();
  }

  private begun(): void {
    const current = this.service.deployment?.requestId;
    if (current !== undefined && this.books.begun.at(-1) !== current) this.books.begun.push(current);
  }

  private change(
    how: (service: Service) => Service,
    done: (Pick<Transition, 'command' | 'effect' | 'event'> & { before: { world: World; doubt: boolean } }) | null,
  ): void {
    const { deployment: was, plan } = this.service;
    this.service = how(this.service);
    const is = this.service.deployment;
    if (!done || !plan || !was || !is || is === was) return;
    const point = (state: State, world: World, doubt: boolean) => ({ state, world, doubt, interferences: 0 });
    const { command, effect, event, before } = done;
    const after = point(is, this.world, this.doubt);
    const transition: Transition = { plan, command, effect, event, before: point(was, before.world, before.doubt), after };
    for (const [name, rule] of [...SAFETY_RULES, ...PROMISES]) {
      const problem = rule(transition);
      if (problem !== null) throw new Error(`${name}: ${problem} (${was.step.name} → ${is.step.name} by ${command.do})`);
    }
  }

  /** The books of the service: every request is somewhere, once; what began, began in order. */
  private audit(): void {
    const { deployment, record } = this.service;
    const places = [...record.map(({ requestId }) => requestId), ...(deployment ? [deployment.requestId] : [])];
    const all = [...places, ...waiting(this.service).map(({ requestId }) => requestId)];
    if (new Set(all).size !== all.length) throw new Error(`a request is in two places: ${all.join()}`);
    if (record.length > 50) throw new Error(`${record.length} records`);
    const bounded = record.length === 50;
    for (const { requestId } of this.books.accepted) if (!all.includes(requestId) && !bounded) throw new Error(`${requestId} was lost`);
    for (const { status } of record)
      if (status.outcome === null || status.phase !== 'ended')
        throw new Error(`${status.deploymentId} is in the record as ${status.phase}`);
    if (new Set(this.books.begun).size !== this.books.begun.length) throw new Error('a request began twice');
    const order = this.books.accepted.filter(({ displaced }) => !displaced).map(({ requestId }) => requestId);
    const expected = order.slice(0, this.books.begun.length);
    if (expected.join() !== this.books.begun.join()) throw new Error(`began ${this.books.begun.join()}, asked for ${expected.join()}`);
  }
}
