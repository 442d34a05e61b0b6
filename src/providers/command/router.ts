import { Failure } from '../../core/failure.ts';
import type { Color } from '../../core/plan.ts';
import { type Routing, sameRouting } from '../../core/routing.ts';
import type { Call, ProviderContext, Router } from '../types.ts';
import { ask, script, type Vars } from './ask.ts';
import { requireSuccess } from './failure.ts';
import type { CommandRouterOptions } from './routerOptions.ts';
import { parseRouting } from './routing.ts';
import { runScript } from './run.ts';

export function createCommandRouter(options: CommandRouterOptions, { service, folder }: ProviderContext): Router {
  const prepared = (argv: string[], vars: Vars = {}) => script(argv, { service, ...vars }, { folder, timeoutMs: options.timeout });

  const read = async (call: Call): Promise<Routing> => parseRouting(await ask(call, 'router.read', prepared(options.read)));

  const write: Router['write'] = async (call, { to, from }) => {
    const found = await read(call);
    if (found.to === to) return;
    if (!sameRouting(found, from)) throw new Failure('Drift', `the router is not as it was: ${found.summary}`, { found });
    const change = prepared(options.write, { color: to, from: from.to });
    const finished = await runScript(call, change);
    // However it ended, it may have done its work: only reading again tells. So never a final failure.
    requireSuccess('Unavailable', 'router.write', change, finished);
  };

  const { connections } = options;
  if (!connections) return { read, write };
  const openConnections = async (call: Call, color: Color): Promise<number | null> => {
    const said = await ask(call, 'router.connections', prepared(connections, { color }));
    if (said === '') return null;
    if (!/^\d{1,15}$/.test(said))
      throw new Failure(
        'Unavailable',
        `router.connections printed ${JSON.stringify(said.slice(0, 100))}, which is no number of connections`,
      );
    return Number(said);
  };
  return { read, write, openConnections };
}
