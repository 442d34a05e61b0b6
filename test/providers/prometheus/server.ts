/** Prometheus as a process of a test, at a free port of 127.0.0.1. It ends with the test, however that ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from '../../../src/temporal/ports.ts';

export interface PrometheusServer {
  /** http://127.0.0.1:PORT, or https:// where `web` has TLS. */
  url: string;
  stop(): Promise<void>;
}

export interface PrometheusSetup {
  /** host:port of an application whose /metrics is read every 200 ms. */
  scrape?: string;
  /** As --web.config.file has it: TLS, users. */
  web?: Record<string, unknown>;
}

const START_MS = 30_000;

/** It is killed when its standard input is closed, which the death of this process does. */
const TIED = '"$@" </dev/null & child=$!; cat >/dev/null; kill -KILL $child; wait $child';

export async function startPrometheus(binary: string, { scrape, web }: PrometheusSetup): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-prometheus-'));
  const port = await freePort('127.0.0.1');
  const file = async (name: string, content: unknown): Promise<string> => {
    await writeFile(join(folder, name), stringify(content));
    return join(folder, name);
  };
  const jobs = scrape ? [{ job_name: 'shop', static_configs: [{ targets: [scrape] }] }] : [];
  const config = await file('prometheus.yml', { global: { scrape_interval: '200ms', scrape_timeout: '200ms' }, scrape_configs: jobs });
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`];
  if (web) args.push(`--web.config.file=${await file('web.yml', web)}`);
  const log = join(folder, 'log');
  const child = spawn('/bin/sh', ['-c', `exec >"${log}" 2>&1; ${TIED}`, 'sh', binary, ...args], { stdio: ['pipe', 'ignore', 'ignore'] });
  const stop = async () => {
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end();
    if (child.exitCode === null) await closed;
    await rm(folder, { recursive: true, force: true });
  };
  const secure = web !== undefined && 'tls_server_config' in web;
  try {
    await untilItListens(child, secure, port, log);
    return { url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilItListens(child: ChildProcess, secure: boolean, port: number, log: string): Promise<void> {
  const end = Date.now() + START_MS;
  while (!(await (secure ? answersTls(port) : answers(port)))) {
    if (child.exitCode !== null || Date.now() > end)
      throw new Error(`Prometheus did not start:\n${(await readFile(log, 'utf8').catch(() => '')).slice(-2_000)}`);
    await pause(50);
  }
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/-/ready`).then(
    (answer) => answer.ok,
    () => false,
  );

/** Any answer to a handshake: it may want a certificate or a password that nobody here has. */
const answersTls = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', path: '/-/ready', rejectUnauthorized: false }, () => resolve(true));
    asked.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED')).end();
  });
