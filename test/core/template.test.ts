import { expect, test } from 'vitest';
import { expand, resolveEnv } from '../../src/core/template.ts';

test('known names are replaced wherever a value may hold them', () => {
  const value = { args: ['{version}', 'http://h:{port}/{color}/{color}'], nested: { n: 1, off: null }, on: true };
  expect(expand(value, { version: 'v1', port: '9101', color: 'blue' })).toEqual({
    args: ['v1', 'http://h:9101/blue/blue'],
    nested: { n: 1, off: null },
    on: true,
  });
});

test('braces that are not ours stay as they are written', () => {
  const text = '{"a":1} {unknown} ${color} ${env:X} {constructor} { color } m{c="{color}"}';
  expect(expand(text, { color: 'blue' })).toBe('{"a":1} {unknown} ${color} ${env:X} {constructor} { color } m{c="blue"}');
});

test('a value is put in as it is, even where it looks like a replacement pattern', () => {
  expect(expand('{version}', { version: '$&{color}' })).toBe('$&{color}');
  expect(resolveEnv('${env:A}', { A: '$1 ${env:B}' })).toBe('$1 ${env:B}');
});

test('a secret that the worker does not have is named', () => {
  expect(() => resolveEnv({ headers: ['Bearer ${env:SHOP_TOKEN}'] }, {})).toThrow(/SHOP_TOKEN is not set/);
  expect(() => resolveEnv('${env:toString}', {})).toThrow(/toString is not set/);
  expect(resolveEnv({ url: 'http://${env:HOST}/' }, { HOST: 'h' })).toEqual({ url: 'http://h/' });
});
