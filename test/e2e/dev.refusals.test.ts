import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDev } from './support/dev.ts';
import { Service } from './support/service.ts';

let service: Service;
let stranger: Server;
beforeEach(async () => {
  service = await Service.create();
  stranger = createServer((_request, response) => response.end('a stranger'));
});
afterEach(async () => {
  stranger.closeAllConnections();
  stranger.close();
  await service.discard();
});

const strangerOn = async (port: number): Promise<void> => {
  await once(stranger.listen(port, '127.0.0.1'), 'listening');
};

describe('cutover dev starts nothing where it cannot do its work', () => {
  it('the front port belongs to another program: it says to whom', async () => {
    await strangerOn(service.ports.front);
    const { code, stderr } = await service.cutover('dev');
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot listen on 127.0.0.1:${service.ports.front}`);
    if (process.platform === 'linux') expect(stderr).toContain(`process ${process.pid}`);
    expect(await service.processes()).toEqual([]);
  });

  it("Temporal's address belongs to another program", async () => {
    await strangerOn(service.ports.temporal);
    const { code, stderr } = await service.cutover('dev');
    expect(code).toBe(1);
    expect(stderr).toContain(`${service.address} is taken by a program that is no Temporal server`);
    expect(await service.processes()).toEqual([]);
  });

  it('a second one for the same service is refused, and the first goes on', async () => {
    const { command } = await startDev(service);
    const { code, stderr } = await service.cutover('dev');
    expect(code).toBe(3);
    expect(stderr).toContain(`cutover dev already runs for shop (pid ${command.pid})`);
    expect(command.running).toBe(true);
    expect((await command.ctrlC()).code).toBe(0);
  });

  it('the service file is wrong: every fault, exit status 2', async () => {
    await service.writeFile({ monitor: { duration: 'soon' }, colour: 'blue' });
    const { code, stderr } = await service.cutover('dev');
    expect(code).toBe(2);
    expect(stderr).toMatch(/cutover\.yaml:\d+: monitor\.duration/);
    expect(stderr).toMatch(/cutover\.yaml:\d+: colour/);
    expect(await service.processes()).toEqual([]);
  });

  it('an address that is not of this machine is the fault of the service file', async () => {
    await service.writeFile({ router: { type: 'local', listen: '192.0.2.1:8080' } });
    expect(await service.cutover('dev')).toMatchObject({ code: 2, stderr: expect.stringContaining('192.0.2.1') });
  });

  it('a Temporal server elsewhere is never replaced by one of its own', async () => {
    const { code, stderr } = await service.cutover('dev', '--address', 'temporal.invalid:7233');
    expect(code).toBe(1);
    expect(stderr).toContain('no Temporal server answers at temporal.invalid:7233');
    expect(await service.processes()).toEqual([]);
  });
});
