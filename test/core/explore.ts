/** Visits every state that a deployment can get into, by every event and every fault, in the simulated world. */
import { apply } from '../../src/core/apply.ts';
import { next } from '../../src/core/next.ts';
import type { Plan } from '../../src/core/plan.ts';
import { emptyService } from '../../src/core/record.ts';
import { begin } from '../../src/core/service.ts';
import type { Command, Event, State } from '../../src/core/state.ts';
import { keyOf, trimmed } from './canonical.ts';
import { deedsOfOthers, doubted, heard, labelOf, messages } from './happenings.ts';
import { type Fault, faultsOf, isWrite, perform } from './perform.ts';
import { PROMISES, REFUSALS } from './promises.ts';
import { type Point, SAFETY_RULES, type Transition } from './rules.ts';
import type { World } from './world.ts';

/** `fault-free`: what happens when nothing goes wrong; `answer`: a decision was taken. */
export type EdgeKind = 'fault-free' | 'answer' | 'repair' | 'other';

export interface Graph {
  points: Point[];
  edges: { to: number; kind: EdgeKind }[][];
  transitions: number;
  /** The first paths that break a rule. */
  violations: { rule: string; problem: string; path: string }[];
  pathTo(index: number): string;
}

const RULES = [...SAFETY_RULES, ...PROMISES];
const NOTHING_UNDOES = SAFETY_RULES[3]![0];
const TOLD_PER_RULE = 2;

const firstState = (plan: Plan, at: number): State => {
  const request = { deploymentId: 'd1', requestId: 'r1', kind: 'deployment' as const, plan, by: 'ann', reason: null, at };
  return begin(emptyService(plan.service), request, at).deployment!;
};

/** `interferences`: how often others may move users or break a color on one path; faults of commands and decisions have no limit. */
export function explore(plan: Plan, start: World, interferences: number): Graph {
  const exploration = new Exploration(plan);
  exploration.visit({ state: firstState(plan, start.now), world: start, interferences, doubt: false }, 0, 'start');
  for (let index = 0; index < exploration.points.length; index++) exploration.leave(index);
  return exploration;
}

class Exploration implements Graph {
  points: Point[] = [];
  edges: Graph['edges'] = [];
  transitions = 0;
  violations: Graph['violations'] = [];
  private parents: { from: number; label: string }[] = [];
  private known = new Map<string, number>();
  private plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  pathTo(index: number): string {
    const labels: string[] = [];
    for (let at = index; at > 0; at = this.parents[at]!.from)
      labels.unshift(`${this.parents[at]!.label} → ${this.points[at]!.state.step.name}`);
    return labels.join('\n');
  }

  visit(point: Point, from: number, label: string): number {
    const key = keyOf(this.plan, point);
    const found = this.known.get(key);
    if (found !== undefined) return found;
    this.points.push({ ...point, state: trimmed(point.state) });
    this.parents.push({ from, label });
    this.edges.push([]);
    this.known.set(key, this.points.length - 1);
    return this.points.length - 1;
  }

  /** Goes all ways that lead out of a point. */
  leave(index: number): void {
    const point = this.points[index]!;
    const command = next(this.plan, point.state);
    if (command.do !== 'wait' && command.do !== 'end')
      for (const fault of ['none' as const, ...faultsOf(command)]) this.carryOut(index, command, fault);
    for (const event of messages(point.state, point.world.now)) this.say(index, command, event);
    for (const { label, world, repairs } of deedsOfOthers(point.world)) {
      const left = repairs ? point.interferences : point.interferences - 1;
      if (left >= 0) this.connect(index, label, repairs ? 'repair' : 'other', { ...point, world, interferences: left });
    }
  }

  private carryOut(from: number, command: Command, fault: Fault): void {
    const before = this.points[from]!;
    const { world, ending } = perform(before.world, command, fault);
    const event: Event = { ...ending, seq: command.seq, at: world.now };
    const after: Point = {
      ...before,
      state: apply(this.plan, before.state, event),
      world: heard(world, before.state, event),
      doubt: doubted(before.doubt, command, event),
    };
    const effect = fault !== 'fails' && fault !== 'denied';
    this.move(from, `${command.do} (${fault})`, fault === 'none' ? 'fault-free' : 'other', { command, effect, event, after });
  }

  private say(from: number, command: Command, event: Event): void {
    const before = this.points[from]!;
    const state = apply(this.plan, before.state, event);
    const label = labelOf(event);
    const refused = state === before.state;
    if (refused) {
      this.judge(from, label, REFUSALS, { plan: this.plan, command, effect: false, event, before, after: before });
      return;
    }
    const interrupted = state.seq !== before.state.seq && isWrite(command);
    const doubt = before.doubt || (interrupted && command.do === 'switch');
    const kind = event.type === 'decided' ? 'answer' : 'other';
    this.move(from, label, kind, { command, effect: false, event, after: { ...before, state, doubt } });
    if (!interrupted) return;
    // The write that was interrupted is awaited: it may have happened, and its completion says nothing any more.
    const { world, ending } = perform(before.world, command, 'none');
    const late: Event = { ...ending, seq: command.seq, at: world.now };
    if (apply(this.plan, state, late) !== state) this.report(NOTHING_UNDOES, 'a late completion changed the state', from, label);
    this.move(from, `${label} while ${command.do} happens`, 'other', {
      command,
      effect: true,
      event,
      after: { ...before, state, world, doubt },
    });
  }

  private move(from: number, label: string, kind: EdgeKind, change: Omit<Transition, 'plan' | 'before'>): void {
    this.judge(from, label, RULES, { plan: this.plan, before: this.points[from]!, ...change });
    this.connect(from, label, kind, change.after);
  }

  private judge(from: number, label: string, rules: typeof RULES, transition: Transition): void {
    this.transitions++;
    for (const [name, rule] of rules) {
      const problem = rule(transition);
      if (problem !== null) this.report(name, problem, from, label);
    }
  }

  private connect(from: number, label: string, kind: EdgeKind, after: Point): void {
    this.edges[from]!.push({ to: this.visit(after, from, label), kind });
  }

  private report(rule: string, problem: string, from: number, label: string): void {
    if (this.violations.filter((violation) => violation.rule === rule).length >= TOLD_PER_RULE) return;
    this.violations.push({ rule, problem, path: `${this.pathTo(from)}\n${label}` });
  }
}
