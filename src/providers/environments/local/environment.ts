import type { Color } from '../../../core/plan.ts';
import { expand } from '../../../core/template.ts';
import type { Call, ColorState, Environment, ProviderContext } from '../../types.ts';
import { bringUp, waitUntilReady } from './bringUp.ts';
import { describeRun } from './describe.ts';
import type { LocalOptions } from './options.ts';
import { type RunSpec, readRecord } from './record.ts';
import { observeRun } from './runState.ts';
import { stopRun } from './stop.ts';

/** One process per color on this machine. It outlives the worker: all that is known of it is on disk. */
export function createLocalEnvironment(options: LocalOptions, context: ProviderContext): Environment {
  const { stateDir } = context;

  const describe = (call: Call, color: Color): Promise<ColorState> => describeRun(call, stateDir, color);

  const remove = async (call: Call, color: Color): Promise<void> => {
    const record = readRecord(stateDir, color);
    if (record !== null && record.stoppedAt === null) await stopRun(call, stateDir, color, record);
  };

  const ensure: Environment['ensure'] = async (call, color, want) => {
    const record = readRecord(stateDir, color);
    const wanted = record?.deploymentId === want.deploymentId && record.version === want.version && record.stoppedAt === null;
    if (wanted && (await observeRun(stateDir, color, record)).state === 'running') {
      await waitUntilReady(call, stateDir, color, record);
    } else {
      await remove(call, color);
      await bringUp(call, stateDir, color, {
        deploymentId: want.deploymentId,
        version: want.version,
        ...runSpec(options, context, color, want.version),
      });
    }
    return describe(call, color);
  };

  // A color is one process: there is nothing between all of it and none of it.
  const scale: Environment['scale'] = async (call, color, capacity) => {
    if (capacity === 0) await remove(call, color);
  };

  return { describe, ensure, scale, remove };
}

function runSpec(options: LocalOptions, context: ProviderContext, color: Color, version: string): RunSpec {
  const port = options.ports[color];
  const vars = { color, version, service: context.service, port: String(port) };
  return {
    command: expand(options.command, vars),
    env: { PORT: vars.port, VERSION: version, COLOR: color, CUTOVER_SERVICE: context.service, ...expand(options.env, vars) },
    folder: context.folder,
    port,
    readinessPath: expand(options.readiness.path, vars),
    readinessTimeoutMs: options.readiness.timeout,
    stopTimeoutMs: options.stopTimeout,
  };
}
