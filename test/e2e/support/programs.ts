/**
 * Programs that a service file may run; each is one file without dependencies. They answer with JSON that says who they
 * are (`version`, `color`, `pid`), are ready at once, and end in order at SIGTERM.
 */
export const webServer = `
import { createServer } from 'node:http';
const { PORT, VERSION, COLOR } = process.env;
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ version: VERSION, color: COLOR, pid: process.pid, path: request.url }));
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(COLOR + ' ' + VERSION + ' listens on ' + PORT));
process.on('SIGTERM', () => {
  console.log('ends');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
`;

/**
 * The same, but it waits as long as a file of its folder says so: `hold-ready-VERSION` until it is ready, `hold-test-VERSION`
 * before it answers /health, `hold-front-VERSION` before it answers users (who come by the router), `hold-stop-VERSION` at SIGTERM.
 */
export const heldServer = `
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
const { PORT, VERSION, COLOR } = process.env;
const held = (what) => existsSync('hold-' + what + '-' + VERSION);
const released = async (what) => {
  while (held(what)) await sleep(50);
};
const server = createServer(async (request, response) => {
  if (request.url === '/ready' && held('ready')) response.statusCode = 503;
  if (request.url === '/health') await released('test');
  if (request.headers['x-forwarded-for'] !== undefined) await released('front');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ version: VERSION, color: COLOR, pid: process.pid }));
});
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => released('stop').then(() => process.exit(0)));
`;

/** Its version says what is wrong with it. */
export const brokenServer = `
import { createServer } from 'node:http';
const { PORT, VERSION, COLOR } = process.env;
console.log(VERSION + ' begins');
if (VERSION === 'exits') {
  console.error('no database at db.internal');
  process.exit(3);
}
if (VERSION === 'hangs') setInterval(() => {}, 1_000);
const began = Date.now();
const isBroken = () => VERSION === 'breaks-later' && Date.now() - began > 1_500;
const server = createServer((request, response) => {
  if (request.headers['x-forwarded-for'] !== undefined && isBroken()) response.statusCode = 500;
  const version = VERSION === 'old-build' ? 'v1' : VERSION;
  response.end(JSON.stringify({ version, color: COLOR, pid: process.pid }));
});
const port = VERSION === 'wrong-port' ? 0 : Number(PORT);
const listen = () => server.listen(port, '127.0.0.1', () => console.log('listens on ' + server.address().port));
if (VERSION !== 'hangs') setTimeout(listen, VERSION === 'slow' ? 2_500 : 0);
process.on('SIGTERM', () => process.exit(0));
`;

/** A version whose name begins with "bad" fails for users at /, and only there: no smoke test finds that. */
export const failingServer = `
import { createServer } from 'node:http';
const { PORT, VERSION, COLOR } = process.env;
const server = createServer((request, response) => {
  if (request.url === '/' && VERSION.startsWith('bad')) {
    response.statusCode = 500;
    return response.end(VERSION + ' fails');
  }
  response.end(JSON.stringify({ version: VERSION, color: COLOR, pid: process.pid }));
});
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

/** In another language, and with a server that answers one request after the other. */
export const pythonServer = `
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({'version': os.environ['VERSION'], 'color': os.environ['COLOR'], 'pid': os.getpid()}).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
`;
