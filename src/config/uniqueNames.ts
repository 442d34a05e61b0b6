import type * as z from 'zod';

/** For lists whose entries are told apart by `name`. */
export function uniqueNames(context: z.core.ParsePayload<{ name: string }[]>): void {
  const seen = new Set<string>();
  for (const [index, { name }] of context.value.entries()) {
    if (seen.has(name)) {
      context.issues.push({
        code: 'custom',
        path: [index, 'name'],
        message: `another entry has the name ${JSON.stringify(name)}: names are unique`,
        input: name,
      });
    }
    seen.add(name);
  }
}
