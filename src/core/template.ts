import { Failure } from './failure.ts';
import type { Json } from './plan.ts';

/**
 * Replaces `{name}` by `vars.name` in every string of `value`, however deep; names that are not in `vars` stay as written,
 * and so does `${name}`: that belongs to a shell or to another template.
 */
export function expand<T extends Json>(value: T, vars: Record<string, string>): T {
  return mapStrings(value, (text) =>
    text.replace(/(?<!\$)\{([A-Za-z]+)\}/g, (whole, name: string) => (Object.hasOwn(vars, name) ? vars[name]! : whole)),
  );
}

/** Replaces `${env:NAME}` by the variable, however deep. Throws InvalidConfiguration that names a variable that is not set. */
export function resolveEnv<T extends Json>(value: T, env: Record<string, string | undefined>): T {
  return mapStrings(value, (text) =>
    text.replace(/\$\{env:([^}]*)\}/g, (_, name: string) => {
      const found = Object.hasOwn(env, name) ? env[name] : undefined;
      if (found === undefined) throw new Failure('InvalidConfiguration', `the environment variable ${name} is not set on the worker`);
      return found;
    }),
  );
}

/** The callers get back the shape that they gave: only the text in it changes. */
function mapStrings<T extends Json>(value: T, change: (text: string) => string): T {
  const walk = (node: Json): Json => {
    if (typeof node === 'string') return change(node);
    if (Array.isArray(node)) return node.map(walk);
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, walk(child)]));
  };
  return walk(value) as T;
}
