/**
 * keep-code.mjs SCRIPT CACHE: writes what V8 made of a script of the command line after it has run a deployment and a rollback, so that
 * the next start need not compile it. They are sent to a server of its own that knows no call: nothing is deployed.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';

const [filename, cache] = process.argv.slice(2);
const UNIMPLEMENTED = '12';
/** Some of what is compiled serves the refusal alone; a command that hangs here keeps nothing. */
const LIMIT_MS = 20_000;

setTimeout(() => process.exit(1), LIMIT_MS).unref();
const server = createServer();
server.on('stream', (stream) => stream.respond({ 'content-type': 'application/grpc', 'grpc-status': UNIMPLEMENTED }, { endStream: true }));
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const folder = mkdtempSync(join(tmpdir(), 'cutover-build-'));
const file = join(folder, 'cutover.yaml');
writeFileSync(
  file,
  `service: shop
router: { type: local, listen: 127.0.0.1:8080 }
environment: { type: local, command: [node, app.mjs], ports: { blue: 8081, green: 8082 } }
smokeTests:
  - { name: up, path: / }
`,
);

const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const made = { exports: {} };
script.runInThisContext()(made.exports, createRequire(filename), made, filename, dirname(filename));
const address = `127.0.0.1:${server.address().port}`;
for (const command of [['deploy', '1.0', '--wait'], ['rollback'], ['status']])
  await made.exports.main([...command, '--file', file, '--address', address]);
writeFileSync(cache, script.createCachedData());
rmSync(folder, { recursive: true });
process.exit(0);
