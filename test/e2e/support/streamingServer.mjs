/**
 * A program for a service file, with everything that takes long: /download?ms=N sends its version in pieces, /upload answers with
 * it when the whole body is there, a WebSocket gets it before each message that comes back. It ends at once at SIGTERM: what is
 * open then is cut.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const { PORT, VERSION, COLOR } = process.env;
const PIECE_MS = 250;

function download(response, ms) {
  let left = ms / PIECE_MS;
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write(`${VERSION}\n`);
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return response.write(`${VERSION}\n`);
    clearInterval(timer);
    response.end('end\n');
  }, PIECE_MS);
}

async function upload(request, response) {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  response.end(JSON.stringify({ version: VERSION, bytes }));
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/download') return download(response, Number(searchParams.get('ms')));
  if (pathname === '/upload') return upload(request, response).catch(() => response.destroy());
  response.end(JSON.stringify({ version: VERSION, color: COLOR, pid: process.pid }));
});
new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (text) => socket.send(`${VERSION} ${text}`)));
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listens on ${PORT}`));
process.on('SIGTERM', () => process.exit(0));
