import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { cutover } from './command.ts';

describe('a command line that is wrong', () => {
  test.each([
    [['deplyo'], "unknown command 'deplyo'"],
    [['deploy'], "missing required argument 'VERSION'"],
    [['deploy', 'v1/../x'], 'is no version'],
    [['deploy', 'v1', '--wait-for', 'lunch'], '"lunch" is no phase'],
    [['status', '--bogus'], "unknown option '--bogus'"],
    [['status', '-o', 'yaml'], 'Allowed choices are text, json'],
    [['extend', 'shop', 'soon'], '"soon" is no duration'],
    [['extend', 'shop', '5m', 'more'], 'too many arguments'],
    [['resolve', 'shop'], 'exactly one of --adopt, --restore, --retry'],
    [['resolve', 'shop', '--adopt', '--retry'], 'exactly one of --adopt, --restore, --retry'],
    [['rollback', 'Shop!'], 'is no service name'],
    [[], 'no command given'],
  ])('%j: exit status 2 and what is wrong with it', async (args, message) => {
    const { code, stdout, stderr } = await cutover(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('a command that is misspelt suggests the one that was meant', async () => {
    expect((await cutover(['deplyo'])).stderr).toContain('Did you mean deploy?');
  });

  test('with -o json the error is one document on standard output', async () => {
    const { code, stdout, stderr } = await cutover(['-o', 'json', 'deplyo']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ type: 'UsageError' });
    expect(stderr).toBe('');
  });
});

describe('help', () => {
  test('names every command of the interface', async () => {
    const { code, stdout } = await cutover(['-h']);
    expect(code).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    expect(COMMANDS.map(({ name }) => name).sort()).toEqual(
      'abort approve audit deploy dev extend forget history init logs plan promote reject resolve rollback router schema status validate watch worker'.split(
        ' ',
      ),
    );
  });

  test.each(COMMANDS.map(({ name }) => name))('%s has its own, with the common options', async (name) => {
    const { code, stdout } = await cutover([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: cutover ${name}`);
    expect(stdout).toContain('--output <format>');
  });

  test('--version says the version of the package', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(await cutover(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });
});
