/**
 * How long a cold `cutover rollback` takes, as a ratio to a bare `node -e 0` in the same run (a shared machine drifts; a
 * ratio holds), and until when users got answers of the version that was rolled back.
 *
 *   npm run bench            five rollbacks; needs what the demo needs
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 5;
const command = fileURLToPath(new URL('../dist/cutover.js', import.meta.url));

const PROGRAM = `require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ version: process.env.VERSION }));
}).listen(process.env.PORT, '127.0.0.1');`;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const timed = (file, args, options) =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    execFile(file, args, options, (error) => (error ? reject(error) : resolve(performance.now() - begun)));
  });

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Asks for the version all the time; when the last answer of `version` came (ms since the epoch of performance.now). */
function watch(port, version) {
  let last = 0;
  let over = false;
  const asking = (async () => {
    while (!over) {
      const { version: found } = await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.json());
      if (found === version) last = performance.now();
    }
  })();
  const stop = () => {
    over = true;
    return asking;
  };
  return { lastSeen: () => last, stop };
}

const folder = await mkdtemp(join(tmpdir(), 'cutover-bench-'));
const [temporal, front, blue, green] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
await writeFile(join(folder, 'app.js'), PROGRAM);
await writeFile(
  join(folder, 'cutover.yaml'),
  `service: bench
router: { type: local, listen: "127.0.0.1:${front}" }
environment: { type: local, command: [node, app.js], ports: { blue: ${blue}, green: ${green} }, readiness: { path: / } }
identity: { path: /, json: version }
monitor: { duration: 0s }
`,
);
const options = { cwd: folder };
const address = ['--address', `127.0.0.1:${temporal}`];
const dev = spawn(process.execPath, [command, 'dev', ...address], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  await new Promise((resolve, reject) => {
    dev.stdout.on('data', (text) => String(text).includes('is ready') && resolve());
    dev.on('exit', () => reject(new Error('cutover dev ended')));
  });
  const run = (...args) => timed(process.execPath, [command, ...args, '--quiet', ...address], options);
  await run('deploy', 'v0', '--wait');
  const figures = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await run('deploy', `v${round}`, '--wait');
    const users = watch(front, `v${round}`);
    const begun = performance.now();
    const whole = await run('rollback', 'bench');
    await users.stop();
    figures.push({ bare: await timed(process.execPath, ['-e', '0'], options), whole, users: users.lastSeen() - begun });
  }
  const of = (name) => median(figures.map((figure) => figure[name]));
  const line = (name, ms) =>
    console.log(`${name.padEnd(62)} ${ms.toFixed(0).padStart(5)} ms  ${(ms / of('bare')).toFixed(1).padStart(5)} ×`);
  console.log(`median of ${ROUNDS} rounds, and as a multiple of \`node -e 0\``);
  line('node -e 0', of('bare'));
  line('cutover rollback: from its start to the last answer of the bad one', of('users'));
  line('cutover rollback: the whole command, users confirmed to be back', of('whole'));
} finally {
  dev.kill('SIGTERM');
  await new Promise((resolve) => (dev.exitCode === null ? dev.on('exit', resolve) : resolve()));
  await rm(folder, { recursive: true, force: true });
}
