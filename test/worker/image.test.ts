/** As much of the Dockerfile as can be held to the repository without a container runtime. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string): string => readFileSync(`${ROOT}${name}`, 'utf8');
const instructions = (name: string): string[][] =>
  [...read('Dockerfile').matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, rest]) => rest!.split(' '));

test('the image is made of what the repository has and sends, and of nothing else', () => {
  const copied = instructions('COPY')
    .filter(([first]) => !first!.startsWith('--from'))
    .flatMap((words) => words.slice(0, -1));
  const sent = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  expect(copied.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  expect(copied.sort()).toEqual(sent.sort());
});

test('the bases of the image are pinned, and their Node is one that cutover runs on', () => {
  const bases = instructions('FROM').map(([base]) => base!);
  expect(bases).toHaveLength(2);
  for (const base of bases) {
    const [, major] = /^node:(\d+)\.\d+\.\d+-[a-z-]+@sha256:[0-9a-f]{64}$/.exec(base) ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(20);
  }
});

test('the image runs the worker, and not as root', () => {
  expect(instructions('USER')).toEqual([['65532:65532']]);
  const { bin } = JSON.parse(read('package.json'));
  expect(read('Dockerfile')).toContain(`ENTRYPOINT ["node", "/app/${bin.cutover}"]\nCMD ["worker"]`);
});
