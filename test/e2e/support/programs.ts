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
