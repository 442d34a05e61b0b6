/**
 * What cutover asks of the systems it works with: interfaces of two to four methods. Every method is idempotent, takes
 * a Call and returns plain JSON. Failures are thrown as `Failure` (core/failure.ts); anything else is taken for a
 * passing trouble and tried again.
 */
import type * as z from 'zod';
import type { Finding } from '../contract.ts';
import type { Color, Json, Plan, ProviderRef } from '../core/plan.ts';
import type { Routing } from '../core/routing.ts';

export type { Finding };

/** What every call gets. `signal` aborts when nobody waits for the result any more; `heartbeat` says that work goes on. */
export interface Call {
  signal: AbortSignal;
  heartbeat(detail?: Json): void;
}

/** Which deployment of what: everything a provider may put in place of {version}, {color}, {service}. */
export interface ProviderContext {
  service: string;
  /** Absolute: relative paths start here. */
  folder: string;
  /** Where local providers keep state and logs of this service; made when first used. */
  stateDir: string;
  /** Where each color answers past the router, by the plan. */
  endpoints: Plan['endpoints'];
  /** Of a source of metrics: the service's router, its options final. For one that measures what the router's system sees. */
  router?: ProviderRef;
  /**
   * An environment's own options as the service file has them: all as in its final options, only {version} and {color} are still
   * placeholders. To recognize in what runs the version that it was made from.
   */
  written?: ProviderRef['options'];
}

/** `all` where nothing is said; `errors`: only what would make a deployment go wrong, with no more requests than that takes. */
export type InspectionDepth = 'all' | 'errors';

/** What a router that checks the health of its targets says of a color. */
export interface Readiness {
  healthy: number;
  /** How many have to be healthy before users may come: as many as the live color has, or what the options say; at least 1. */
  wanted: number;
  /** Whether their health is checked now at all; where it is not, `healthy` is 0 and says nothing. */
  checked: boolean;
  /** A reason for each that is not healthy, in the system's own words; null when all is well. */
  detail: string | null;
}

export interface Router {
  /** What the world says now. */
  read(call: Call): Promise<Routing>;
  /**
   * Sends all users to `to`, only if the router still says `from` (throws Failure 'Drift' where it can tell that it
   * does not). One atomic change; resolves when the router has taken it. Idempotent. Where the system says later that the
   * change is everywhere, `pending` is what `isEverywhere` asks with.
   */
  write(call: Call, change: { to: Color; from: Routing }): Promise<{ pending: string } | undefined>;
  /** Whether a change has reached all of the system (Route53: INSYNC). */
  isEverywhere?(call: Call, pending: string): Promise<boolean>;
  /** Requests and connections that are still open on a color through the router; null where it cannot know. */
  openConnections?(call: Call, color: Color): Promise<number | null>;
  /**
   * For systems that count requests, and only some minutes late: those that a color got in the newest minutes that are known
   * and began after `since` (epoch ms). 0 where there were none, null where nothing is known.
   */
  recentRequests?(call: Call, color: Color, since: number): Promise<number | null>;

  // Of routers that check the health of their targets themselves (`healthTimeoutMs` of their definition)

  /** What `settle` needs to put back what people had written. Small plain JSON without secrets; read before anything is written. */
  snapshot?(call: Call): Promise<Json>;
  /** Has the health of a color checked that gets no users, and sends nobody there. Idempotent. Throws Drift, writing nothing. Resolves with what it did, in words. */
  attach?(call: Call, color: Color): Promise<string>;
  ready?(call: Call, color: Color): Promise<Readiness>;
  /**
   * The idle color is gone for good: leaves the router as people write it, with `live` alone; as it was in `snapshot` where that
   * has the same color live. Idempotent. Throws Drift, writing nothing, where `live` is not live or something else is routed to.
   */
  settle?(call: Call, to: { live: Color; snapshot: Json | null }): Promise<void>;

  /** Misconfiguration, and missing permissions, found by reading. */
  inspect?(call: Call, depth?: InspectionDepth): Promise<Finding[]>;
  /**
   * What stands for each color in the router's system: for an environment that has to fit it. On AWS the ARNs of target groups; of
   * routers of Kubernetes JSON text, the labels that a color's pods need for users to reach them:
   * `{"namespace":"prod","selector":{"app":"shop","color":"blue"}}`.
   */
  targets?(call: Call): Promise<Targets>;
}

export type Targets = Record<Color, string>;

/** What runs (or does not) as a color. `capacity` 0 means that nothing is there. `ready` counts copies fit for users. */
export interface ColorState {
  version: string | null;
  capacity: number;
  ready: number;
  /** In words, for a person: why it is not ready, how it ended. */
  detail: string | null;
}

export interface Environment {
  describe(call: Call, color: Color): Promise<ColorState>;
  /**
   * Brings `version` up on `color` with `capacity` copies and returns when they are ready. A repeated call of the same
   * `deploymentId` goes on with what the first began; another id starts anew, even for the same version.
   * Throws DeployFailed (with the last lines of output) when it exits or does not become ready in time.
   */
  ensure(call: Call, color: Color, want: { version: string; capacity: number; deploymentId: string }): Promise<ColorState>;
  scale(call: Call, color: Color, capacity: number): Promise<void>;
  /** Nothing of the color runs when it resolves. */
  remove(call: Call, color: Color): Promise<void>;
  /** Misconfiguration, and missing permissions, found by reading. `targets` are the router's, where it has some; they may still be on their way. */
  inspect?(call: Call, targets: Targets | null | Promise<Targets | null>, depth?: InspectionDepth): Promise<Finding[]>;
}

/** One reading. `value` null is "no data"; `cursor` comes back at the next reading (what was counted until now). */
export interface Reading {
  value: number | null;
  detail?: string;
  cursor?: Json;
}

export interface MetricQuery {
  color: Color;
  version: string;
  /** Since when: the sample before, or the switch (epoch ms). */
  since: number;
  cursor: Json | null;
}

export interface MetricSource {
  query(call: Call, query: MetricQuery): Promise<Reading>;
  /** What keeps it from measuring, or would make it fail at once (an alarm that is red already), found by reading. */
  inspect?(call: Call, depth?: InspectionDepth): Promise<Finding[]>;
}

export interface Notification {
  /** Unique: a receiver may see the same one twice. */
  id: string;
  /** What happened, e.g. 'phase', 'decision', 'outcome', 'needs-intervention'. */
  event: string;
  at: string;
  /** The status document (contract.ts) at that moment. */
  status: Json;
}

export interface Notifier {
  send(call: Call, notification: Notification): Promise<void>;
}

/** One provider: its `type` in the service file, the schema of its other keys, and how to make it (lazily: import SDKs inside). */
export interface Definition<Provider, Schema extends z.ZodObject = z.ZodObject> {
  type: string;
  /** One sentence for the schema and the manual. */
  description: string;
  options: Schema;
  create(options: z.infer<Schema>, context: ProviderContext): Promise<Provider>;
  /** Loads what `create` would wait for, where this process runs in the very system that it is for. */
  loadAtHome?(): Promise<unknown>;
}

export interface EnvironmentDefinition<Schema extends z.ZodObject = z.ZodObject> extends Definition<Environment, Schema> {
  /** How long one `ensure` may take, ms. */
  deployTimeoutMs(options: z.infer<Schema>): number;
  /** Where its colors answer, where it knows that itself. */
  endpoints?(options: z.infer<Schema>): { blue: string; green: string };
}

export interface RouterDefinition<Schema extends z.ZodObject = z.ZodObject> extends Definition<Router, Schema> {
  /** How long one switch (read, write, read back) may take, ms; 30 s where it does not say. */
  switchTimeoutMs?(options: z.infer<Schema>): number;
  /** The address that users connect to, where it knows that itself: the default of `switch.confirm.url`. */
  frontUrl?(options: z.infer<Schema>): string;
  /** For routers that check the health of their targets themselves (they are asked whether ready): how long that may take, ms. */
  healthTimeoutMs?(options: z.infer<Schema>): number;
  /** For them: false where `attach` and `settle` have nothing to do. */
  prepares?(options: z.infer<Schema>): boolean;
  /** For them: the type of environment whose copies they look at themselves, in the way it does: what it saw ready is ready. */
  readyWhenDeployedBy?: string;
  /** False where it has neither `openConnections` nor `recentRequests`. */
  countsConnections?: false;
  /**
   * For routers whose change takes its time (they answer whether it is everywhere): how long users may still be sent to the old color
   * after that, ms; 0 where they cannot.
   */
  spreadMs?(options: z.infer<Schema>): number;
}

export interface MetricSourceDefinition<Schema extends z.ZodObject = z.ZodObject> extends Definition<MetricSource, Schema> {
  /** The types of routers that it can measure, where it asks the router; any router without it. */
  routers?: readonly string[];
  /** Why these options do not do with a router of that type, in words that follow the path of the source; null where they do. */
  misfit?(options: z.infer<Schema>, router: string): string | null;
  /** The bound of a check that has none: of a source that says what is wrong by itself. Without it a check needs max or min. */
  defaultMax?(options: z.infer<Schema>): number | undefined;
}

export const defineRouter = <S extends z.ZodObject>(definition: RouterDefinition<S>): RouterDefinition<S> => definition;
export const defineEnvironment = <S extends z.ZodObject>(definition: EnvironmentDefinition<S>): EnvironmentDefinition<S> => definition;
export const defineMetricSource = <S extends z.ZodObject>(definition: MetricSourceDefinition<S>): MetricSourceDefinition<S> => definition;
export const defineNotifier = <S extends z.ZodObject>(definition: Definition<Notifier, S>): Definition<Notifier, S> => definition;
