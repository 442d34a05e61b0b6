import { runDemo } from '../commandLine.ts';
import { playAws } from './demo.ts';

const USAGE = `npm run demo:aws [-- --keep-open]

Three releases of a sample service behind a load balancer of AWS, emulated on this machine, under steady traffic, in about a
minute. Needs python3 with its venv module; the first run installs the emulator (moto) into the cache folder.
  --keep-open   leaves all of it running at the end, until Ctrl-C`;

await runDemo(USAGE, playAws);
