import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import { loadServiceFile } from '../../src/config/load.ts';
import { ESSENTIAL, faultsOf } from './writeFile.ts';

describe('what is no service file', () => {
  it('a missing one says how to make one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cutover-config-'));
    try {
      const refusal = loadServiceFile(join(folder, 'cutover.yaml'));
      await expect(refusal).rejects.toThrow(/cutover\.yaml: no such file: 'cutover init' writes one, '-f FILE' names another$/);
      await expect(refusal).rejects.toBeInstanceOf(ConfigError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('a folder is named as one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cutover-config-'));
    try {
      await mkdir(join(folder, 'cutover.yaml'));
      await expect(loadServiceFile(join(folder, 'cutover.yaml'))).rejects.toThrow(/: a folder: name the service file in it$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('a device is not read at all', async () => {
    await expect(loadServiceFile('/dev/zero')).rejects.toThrow('/dev/zero: not a regular file');
  });

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${ESSENTIAL}`, 'utf16le'), 'cutover.yaml: not UTF-8 text: save it with the encoding UTF-8'],
    ['Latin-1', Buffer.from(`${ESSENTIAL}# caf\xe9\n`, 'latin1'), 'cutover.yaml: not UTF-8 text: save it with the encoding UTF-8'],
    ['a NUL character', Buffer.from(`${ESSENTIAL}# \0\n`), 'cutover.yaml:8: a NUL character: this is no text file'],
    [
      'more than a megabyte',
      Buffer.from(ESSENTIAL + '# padding\n'.repeat(110_000)),
      'cutover.yaml: larger than 1 MB (1100126 bytes): this is no service file',
    ],
  ])('%s is refused in words', async (_, content, error) => {
    expect(await faultsOf(content)).toEqual([error]);
  });
});
