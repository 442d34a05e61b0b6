// The sample service of `npm run demo`: a small web shop without dependencies. It listens on PORT and says which VERSION it is.
//   /         a page, from a database that is only pretended
//   /prices   an event stream of four seconds
//   /stock    a WebSocket that tells the stock for four seconds
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const { PORT, VERSION = 'unknown' } = process.env;
const TICKS = 8;
const TICK_MS = 500;

// The bug of v3: it never gives a database connection back. A few smoke tests do not notice; users do, within a second.
const LEAKS = VERSION === 'v3';
let freeConnections = 20;

const json = (response, status, document) => {
  response.writeHead(status, { 'content-type': 'application/json', 'x-version': VERSION });
  response.end(`${JSON.stringify(document)}\n`);
};

function page(response) {
  if (freeConnections === 0) return json(response, 500, { version: VERSION, error: 'no database connection is free' });
  if (LEAKS) freeConnections -= 1;
  return json(response, 200, { version: VERSION, shop: 'open', books: ['Release It!', 'The Art of Being Boring'] });
}

function prices(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-version': VERSION });
  tick((text) => response.write(`data: ${text}\n\n`)).then(() => response.end('data: end\n\n'));
}

const routes = {
  '/': page,
  '/prices': prices,
  '/ready': (response) => json(response, 200, { ready: true }),
  '/version': (response) => json(response, 200, { version: VERSION }),
};

const server = createServer((request, response) => {
  const route = routes[request.url ?? ''];
  if (route) route(response);
  else json(response, 404, { error: 'there is no such page' });
});

server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\nx-version: ${VERSION}\r\n\r\n`,
  );
  socket.on('error', () => socket.destroy()).resume();
  tick((text) => socket.write(frame(0x1, text))).then(() => socket.end(frame(0x8, '\u0003\u00e8')));
});

/** One unfragmented WebSocket frame of less than 126 bytes. */
const frame = (opcode, text) => Buffer.concat([Buffer.from([0x80 | opcode, text.length]), Buffer.from(text, 'latin1')]);

const tick = (tell) =>
  new Promise((resolve) => {
    let told = 0;
    const timer = setInterval(() => {
      told += 1;
      tell(`${VERSION} ${told}`);
      if (told < TICKS) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });

// Asked to stop: no new connections, and what is open ends in its own time.
process.once('SIGTERM', () => server.close(() => process.exit(0)));

server.listen(Number(PORT), '127.0.0.1', () => console.log(`${VERSION} listens on ${PORT}`));
