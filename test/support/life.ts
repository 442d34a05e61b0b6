/** The life of a service at its providers: what the workflow asks of them in a deployment, a rollback and a removal, in that order. */
import { type Color, otherColor } from '../../src/core/plan.ts';
import type { Call, Environment, Router } from '../../src/providers/types.ts';

export interface World {
  router: Router;
  environment?: Environment;
}

/** Nobody interrupts it. */
export const call: Call = { signal: new AbortController().signal, heartbeat: () => {} };

/** Deploys to the idle color, goes back, deploys again and removes what was live before. Users are on one color when it begins. */
export async function liveThrough(world: World): Promise<void> {
  await inspect(world);
  const live = (await world.router.read(call)).to as Color;
  const idle = otherColor(live);
  const { snapshot } = await observe(world);
  await bringUp(world, idle, 'v1');
  await move(world, idle);
  await watch(world, idle);
  await move(world, live);
  await world.router.settle?.(call, { live, snapshot });
  await bringUp(world, idle, 'v2');
  await move(world, idle);
  await world.environment?.scale(call, live, 1);
  await world.environment?.remove(call, live);
  await world.router.settle?.(call, { live: idle, snapshot });
}

async function inspect({ router, environment }: World): Promise<void> {
  await router.inspect?.(call);
  await environment?.inspect?.(call, (await router.targets?.(call)) ?? null);
}

async function observe({ router, environment }: World) {
  await router.read(call);
  await environment?.describe(call, 'blue');
  await environment?.describe(call, 'green');
  return { snapshot: (await router.snapshot?.(call)) ?? null };
}

async function bringUp({ router, environment }: World, color: Color, version: string): Promise<void> {
  await environment?.ensure(call, color, { version, capacity: 2, deploymentId: `deployment of ${version}` });
  await environment?.describe(call, color);
  await router.attach?.(call, color);
  await router.ready?.(call, color);
}

async function move({ router }: World, to: Color): Promise<void> {
  await router.attach?.(call, to);
  const written = await router.write(call, { to, from: await router.read(call) });
  await router.read(call);
  if (written) await router.isEverywhere?.(call, written.pending);
}

async function watch({ router }: World, color: Color): Promise<void> {
  const since = Date.now() - 10 * 60_000;
  await router.recentRequests?.(call, otherColor(color), since);
  await router.openConnections?.(call, otherColor(color));
}
