/** The demo of AWS: an emulated account, and the two colors of a service as targets of its load balancer. */
import { connect } from '../../client.ts';
import { StoryError } from '../errors.ts';
import type { LocalSetup } from '../localSetup.ts';
import { type House, type Play, stayOpen, withDev } from '../performance.ts';
import { freePorts, HOST } from '../ports.ts';
import { summaryLines } from '../summary.ts';
import { type Cloud, raiseCloud } from './cloud.ts';
import { startExisting } from './existing.ts';
import type { LoggedRequest } from './requestLog.ts';
import { writeAwsServiceFile } from './serviceFile.ts';
import { tellAwsStory } from './story.ts';

export const playAws: Play = async (house) => {
  const { screen, folder, stop } = house;
  const [front, blue, green, temporal, uiPort] = (await freePorts(5)) as [number, number, number, number, number];
  screen.print(`${screen.style.bold('cutover: a web shop behind a load balancer of AWS, under steady traffic')}\n`);
  const cloud = await raise(house, { front, blue, green });
  cloud.lost.then((why) => stop.abort(new StoryError(`the emulator of AWS does not answer any more (${why})`)));
  try {
    const { listener, front: users, rates } = cloud;
    const file = await writeAwsServiceFile(folder, { listener, front: users, rates, blue, green });
    await withDev(house, { file, address: `${HOST}:${temporal}`, uiPort }, (setup) => tell(house, file, cloud, setup));
  } finally {
    await cloud.close();
  }
  screen.print(screen.style.dim('All that was started is stopped.'));
};

async function raise({ screen, folder, stop }: House, ports: Record<'front' | 'blue' | 'green', number>): Promise<Cloud> {
  let doing = 'starting an emulator of AWS';
  const progress = (line: string): void => {
    doing = line;
  };
  const onRequest = ({ operation }: LoggedRequest): void => {
    if (operation !== 'ModifyListener') return;
    const tell = (forward: string) => screen.say(`   ${screen.style.cyan('AWS: ModifyListener')}, which now forwards to ${forward}`);
    cloud.forwardsTo().then(tell, () => {});
  };
  const cloud = await screen.during(() => doing, raiseCloud({ ports, folder, progress, onRequest, signal: stop.signal }));
  return cloud;
}

async function tell(house: House, file: string, cloud: Cloud, { address, ui }: LocalSetup): Promise<void> {
  const { screen, stop, keepOpen } = house;
  const { style } = screen;
  await startExisting(file, 'blue', 'v1');
  screen.say(`${style.green('✔')} an existing set-up, on AWS as the emulator moto has it (AWS_ENDPOINT_URL; nothing leaves this machine):`);
  screen.say(`    a load balancer; its listener forwards to ${await cloud.forwardsTo()}, where v1 runs; shop-green is idle`);
  screen.say(`    users connect to ${cloud.front}: moto carries no requests, a proxy does, by what the API says of the listener`);
  screen.say('    a load balancer of AWS would check the health of the targets; moto calls all of them healthy');
  screen.say(`${style.green('✔')} \`cutover dev\` runs a worker and a Temporal server; look at it: ${style.cyan(ui)}`);
  const started = Date.now();
  const client = await connect({ address, namespace: 'default' });
  const { tally, more } = await tellAwsStory({ front: cloud.front, client, screen, file, address, cloud, signal: stop.signal });
  const seconds = (Date.now() - started) / 1_000;
  const lines = summaryLines(
    { tally, moves: 'three switches forth, two back', more, script: 'demo:aws', ui, keepOpen, seconds },
    screen.style,
  );
  screen.print(`\n${lines.join('\n')}`);
  if (keepOpen) await stayOpen(house, { file, address, where: `v2 answers at ${cloud.front}` });
}
