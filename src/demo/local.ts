/** The demo of the embedded default: all of it on this machine, by `cutover dev`. */
import { connect } from '../client.ts';
import type { LocalSetup } from './localSetup.ts';
import { type House, type Play, stayOpen, withDev } from './performance.ts';
import { freePorts, HOST } from './ports.ts';
import { writeServiceFile } from './serviceFile.ts';
import { tellStory } from './story.ts';
import { summaryLines } from './summary.ts';

export const playLocal: Play = async (house) => {
  const { screen, folder } = house;
  const [front, blue, green, temporal, uiPort] = (await freePorts(5)) as [number, number, number, number, number];
  const file = await writeServiceFile(folder, { front, blue, green });
  screen.print(`${screen.style.bold('cutover: three releases of a web shop, under steady traffic')}\n`);
  await withDev(house, { file, address: `${HOST}:${temporal}`, uiPort }, (setup) => tell(house, file, setup));
  screen.print(screen.style.dim('All that was started is stopped.'));
};

async function tell(house: House, file: string, setup: LocalSetup): Promise<void> {
  const { screen, stop, keepOpen } = house;
  const { address, ui } = setup;
  const front = setup.front!;
  const { style } = screen;
  screen.say(`${style.green('✔')} \`cutover dev\` runs all that is needed on this machine:`);
  screen.say(`    the router at ${front}: users connect to it, and it sends them to blue or to green`);
  screen.say('    a worker, which carries deployments out; it may die at any moment, and the next one goes on');
  screen.say(`    a Temporal server, which remembers where each deployment is; look at it: ${style.cyan(ui)}`);
  const started = Date.now();
  const client = await connect({ address, namespace: 'default' });
  const tally = await tellStory({ front, client, screen, file, signal: stop.signal });
  const lines = summaryLines(
    { tally, moves: 'three switches forth, one back', more: [], script: 'demo', ui, keepOpen, seconds: (Date.now() - started) / 1_000 },
    style,
  );
  screen.print(`\n${lines.join('\n')}`);
  if (keepOpen) await stayOpen(house, { file, address, where: `v2 answers at ${front}` });
}
