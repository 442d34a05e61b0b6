import { runDemo } from './commandLine.ts';
import { playLocal } from './local.ts';

const USAGE = `npm run demo [-- --keep-open]

Three releases of a sample service under steady traffic, on this machine only, in about a minute.
  --keep-open   leaves all of it running at the end, until Ctrl-C`;

await runDemo(USAGE, playLocal);
