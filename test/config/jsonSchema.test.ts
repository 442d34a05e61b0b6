import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../src/config/jsonSchema.ts';
import { environments, routers } from '../../src/providers/registry.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON document, looked into by hand
type Node = Record<string, any>;
const schema = jsonSchema() as Node;

describe('the JSON Schema', () => {
  it('knows every key of the service file and requires three', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.type).toBe('object');
    expect(Object.keys(schema.properties)).toEqual(
      'service concurrency router environment endpoints identity smokeTests warmup approval switch monitor retention notify'.split(' '),
    );
    expect([...schema.required].sort()).toEqual(['environment', 'router', 'service']);
    expect(schema.additionalProperties).toBe(false);
  });

  it('describes files as they are written: durations are text such as the default shows', () => {
    const { duration, interval } = schema.properties.monitor.properties;
    expect(duration).toMatchObject({ type: 'string', default: '10m' });
    expect(interval).toMatchObject({ type: 'string', default: '1m' });
    expect(new RegExp(duration.pattern).test('10m')).toBe(true);
    expect(schema.properties.retention.properties).toMatchObject({ duration: { default: '24h' }, capacity: { default: 1 } });
  });

  it('offers every provider of the registry, with the keys of its own', () => {
    const types = (key: string): string[] => schema.properties[key].oneOf.map((branch: Node) => branch.properties.type.const);
    expect(types('router')).toEqual(routers.map(({ type }) => type));
    expect(types('environment')).toEqual(environments.map(({ type }) => type));
  });

  it('says what each key is for', () => {
    const silent = Object.entries(schema.properties as Node).filter(([, value]) => !value.description);
    expect(silent.map(([key]) => key)).toEqual([]);
  });
});
