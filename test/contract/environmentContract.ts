import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Call, Environment } from '../../src/providers/types.ts';

export interface EnvironmentUnderTest {
  environment: Environment;
  /** Two versions that come up, and one that never does. */
  versions: { good: string; other: string; bad: string };
  /** How often something was started on blue so far. */
  startsOnBlue(): Promise<number>;
  /** Ends all that the test left running. */
  close(): Promise<void>;
}

const call: Call = { signal: new AbortController().signal, heartbeat: () => {} };

/** What every environment promises to the workflow. */
export function environmentContract(name: string, setup: () => Promise<EnvironmentUnderTest>): void {
  describe(`${name} as an environment`, () => {
    let it: EnvironmentUnderTest;
    beforeEach(async () => {
      it = await setup();
    });
    afterEach(async () => {
      await it.close();
    });
    const deploy = (color: 'blue' | 'green', version: string, deploymentId: string, with_: Call = call) =>
      it.environment.ensure(with_, color, { version, capacity: 1, deploymentId });

    test('a color where nothing was deployed is empty', async () => {
      expect(await it.environment.describe(call, 'blue')).toMatchObject({ version: null, capacity: 0, ready: 0 });
    });

    test('a deployed version is ready when ensure returns, and described as such', async () => {
      const state = await deploy('blue', it.versions.good, 'd1');
      expect(state).toEqual({ version: it.versions.good, capacity: 1, ready: 1, detail: null });
      expect(await it.environment.describe(call, 'blue')).toEqual(state);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    });

    test('the same deployment asked for twice is started once', async () => {
      await deploy('blue', it.versions.good, 'd1');
      await deploy('blue', it.versions.good, 'd1');
      expect(await it.startsOnBlue()).toBe(1);
    });

    test('another deployment of the same version starts anew', async () => {
      await deploy('blue', it.versions.good, 'd1');
      expect(await deploy('blue', it.versions.good, 'd2')).toMatchObject({ version: it.versions.good, ready: 1 });
      expect(await it.startsOnBlue()).toBe(2);
    });

    test('a color is brought up, replaced and removed without the other one noticing', async () => {
      await deploy('blue', it.versions.good, 'd1');
      await deploy('green', it.versions.good, 'd2');
      await deploy('green', it.versions.other, 'd3');
      expect(await it.environment.describe(call, 'green')).toMatchObject({ version: it.versions.other, ready: 1 });
      await it.environment.remove(call, 'green');
      expect(await it.environment.describe(call, 'green')).toMatchObject({ version: null, capacity: 0, ready: 0 });
      expect(await it.environment.describe(call, 'blue')).toMatchObject({ version: it.versions.good, ready: 1 });
      expect(await it.startsOnBlue()).toBe(1);
    });

    test('a version that does not come up fails as DeployFailed, and the other color is not touched', async () => {
      await deploy('blue', it.versions.good, 'd1');
      await expect(deploy('green', it.versions.bad, 'd2')).rejects.toMatchObject({ type: 'DeployFailed' });
      expect(await it.environment.describe(call, 'blue')).toMatchObject({ version: it.versions.good, ready: 1 });
      expect(await it.environment.describe(call, 'green')).toMatchObject({ ready: 0 });
    });

    test('a color where a deployment failed takes the next one', async () => {
      await expect(deploy('green', it.versions.bad, 'd1')).rejects.toMatchObject({ type: 'DeployFailed' });
      expect(await deploy('green', it.versions.good, 'd2')).toMatchObject({ version: it.versions.good, ready: 1 });
    });

    test('removing what does not run is done, however often', async () => {
      await it.environment.remove(call, 'blue');
      await deploy('blue', it.versions.good, 'd1');
      await it.environment.remove(call, 'blue');
      await it.environment.remove(call, 'blue');
      expect(await it.environment.describe(call, 'blue')).toMatchObject({ version: null, capacity: 0 });
    });

    test('scaled to none, nothing runs; scaled to what it has, it goes on', async () => {
      await deploy('blue', it.versions.good, 'd1');
      await it.environment.scale(call, 'blue', 1);
      expect(await it.environment.describe(call, 'blue')).toMatchObject({ version: it.versions.good, ready: 1 });
      expect(await it.startsOnBlue()).toBe(1);
      await it.environment.scale(call, 'blue', 0);
      expect(await it.environment.describe(call, 'blue')).toMatchObject({ capacity: 0, ready: 0 });
    });

    test('a deployment that nobody waits for any more stops waiting, and can be removed', async () => {
      const controller = new AbortController();
      const waiting = deploy('green', it.versions.bad, 'd1', { signal: controller.signal, heartbeat: () => controller.abort() });
      await expect(waiting).rejects.toThrow();
      await it.environment.remove(call, 'green');
      expect(await it.environment.describe(call, 'green')).toMatchObject({ capacity: 0, ready: 0 });
    });
  });
}
