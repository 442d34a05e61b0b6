import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { readServiceName } from '../../src/config/serviceName.ts';
import { withServiceFile } from './writeFile.ts';

describe('the name of the service', () => {
  it('is read from a file that is wrong elsewhere: a rollback must not wait for a correct file', async () => {
    expect(await withServiceFile('service: shop\nmonitor: { duraton: 5 }\n', readServiceName)).toBe('shop');
  });

  it.each([
    ['service: Shop!\n', /:1: service: not a name of 1 to 40 lower-case letters, digits and -$/],
    ['router: {}\n', /:1: service: missing; the name of the service$/],
    ['\tservice: shop\n', /:1: a tab as indentation/],
    ['- a\n', /:1: service: missing/],
  ])('is refused in %j with its line', async (content, error) => {
    await expect(withServiceFile(content, readServiceName)).rejects.toThrow(error);
  });

  it('is read without loading the schema: a cold rollback pays for no validation', async () => {
    const { metafile } = await build({
      entryPoints: ['src/config/serviceName.ts'],
      bundle: true,
      platform: 'node',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const loaded = Object.keys(metafile.inputs);
    expect(loaded.some((file) => file.includes('node_modules/yaml/'))).toBe(true);
    expect(loaded.filter((file) => /node_modules\/zod\/|src\/providers\//.test(file))).toEqual([]);
  });
});
