import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../core/duration.ts';
import { Failure } from '../../core/failure.ts';
import type { Color } from '../../core/plan.ts';
import { rotateLog } from '../environments/colorLog.ts';
import type { Call, ColorState, Environment, ProviderContext } from '../types.ts';
import { ask, script, type Vars } from './ask.ts';
import { parseColorState } from './colorState.ts';
import type { CommandEnvironmentOptions } from './environmentOptions.ts';
import { forgetProgress, readProgress, writeProgress } from './progress.ts';
import type { Script } from './run.ts';
import { runLogged } from './runLogged.ts';

const DESCRIBE_TIMEOUT_MS = 30_000;
const POLL_MS = 1_000;

type Want = Parameters<Environment['ensure']>[2];

export function createCommandEnvironment(options: CommandEnvironmentOptions, context: ProviderContext): Environment {
  const { service, folder, stateDir } = context;
  const prepared = (argv: string[], vars: Vars, timeoutMs: number = options.timeout) =>
    script(argv, { service, ...vars }, { folder, timeoutMs });

  const describe = async (call: Call, color: Color): Promise<ColorState> => {
    const limit = Math.min(options.timeout, DESCRIBE_TIMEOUT_MS);
    return parseColorState(await ask(call, `environment.describe of ${color}`, prepared(options.describe, { color }, limit)));
  };

  const deploy = async (call: Call, color: Color, { version, capacity, deploymentId }: Want): Promise<void> => {
    if (readProgress(stateDir, color)?.deploymentId !== deploymentId) rotateLog(stateDir, color);
    writeProgress(stateDir, color, { deploymentId, deployed: false });
    const asked = prepared(options.deploy, { color, version, capacity: String(capacity) });
    const env = { ...asked.env, DEPLOYMENT_ID: deploymentId };
    await runLogged(call, { stateDir, color, task: `deploy ${version}`, failure: 'DeployFailed' }, { ...asked, env });
    writeProgress(stateDir, color, { deploymentId, deployed: true });
  };

  const isDeployed = async (call: Call, color: Color, { version, deploymentId }: Want): Promise<boolean> => {
    const progress = readProgress(stateDir, color);
    return progress?.deploymentId === deploymentId && progress.deployed && (await describe(call, color)).version === version;
  };

  const ensure: Environment['ensure'] = async (call, color, want) => {
    const deadline = Date.now() + options.timeout;
    if (!(await isDeployed(call, color, want))) await deploy(call, color, want);
    for (;;) {
      const state = await describe(call, color);
      if (state.version === want.version && state.ready >= want.capacity) return state;
      if (Date.now() >= deadline) throw notReady(color, want, state, options.timeout);
      call.heartbeat();
      await sleep(Math.min(POLL_MS, Math.max(0, deadline - Date.now())), undefined, { signal: call.signal });
    }
  };

  const change = (call: Call, color: Color, task: string, asked: Script): Promise<void> =>
    runLogged(call, { stateDir, color, task, failure: 'Unavailable' }, asked);

  const remove = async (call: Call, color: Color): Promise<void> => {
    forgetProgress(stateDir, color);
    await change(call, color, 'remove', prepared(options.remove, { color }));
  };

  const scale: Environment['scale'] = async (call, color, capacity) => {
    if (capacity === 0) return remove(call, color);
    if (options.scale) await change(call, color, `scale to ${capacity}`, prepared(options.scale, { color, capacity: String(capacity) }));
  };

  return { describe, ensure, scale, remove };
}

function notReady(color: Color, { version, capacity }: Want, state: ColorState, timeoutMs: number): Failure {
  const found = state.version === null ? 'nothing is there' : `${state.version}, ${state.ready} of ${state.capacity} ready`;
  const wanted = `${version} with ${capacity} ready`;
  return new Failure(
    'DeployFailed',
    `${color} was not ready within ${formatDuration(timeoutMs)}: wanted ${wanted}, and describe says: ${found}`,
  );
}
