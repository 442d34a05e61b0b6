/** A page of every option of some providers, made from their schemas. */
import { z } from 'zod';
import { environments, metricSources, routers } from '../../src/providers/registry.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema, walked through
type Node = Record<string, any>;

const SECTIONS: Record<string, readonly { type: string; description: string; options: z.ZodObject }[]> = {
  router: routers,
  environment: environments,
  source: metricSources,
};

export interface Listed {
  /** `AWS`, as in "the AWS providers". */
  whose: string;
  /** Types of providers by the section of the service file. */
  providers: Partial<Record<'router' | 'environment' | 'source', string[]>>;
}

export function optionsPage({ whose, providers }: Listed): string {
  const parts = Object.entries(providers).flatMap(([section, types]) =>
    types.map((type) => {
      const found = SECTIONS[section]!.find((definition) => definition.type === type);
      if (!found) throw new Error(`no ${section} is called ${type}`);
      return chapter(section, found);
    }),
  );
  return `${headOf(whose)}\n${parts.join('\n')}`;
}

const headOf = (whose: string): string => `# Every option of the ${whose} providers

Made from the schemas of the code, which \`cutover schema\` prints for editors. All other keys of the service file: [README.md](../../README.md#the-service-file).
An option without a default that is not required is off, or comes from where its line says. Unknown keys are errors.
`;

function chapter(section: string, { type, description, options }: { type: string; description: string; options: z.ZodObject }): string {
  const schema = z.toJSONSchema(options, { io: 'input', override: keepDefault }) as Node;
  const rows = rowsOf(schema, '').map(({ path, is, says }) => `| \`${path}\` | ${is} | ${escaped(says)} |`);
  return [`## \`${section}: { type: ${type} }\``, '', description, '', '| option | | |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

interface Row {
  path: string;
  is: string;
  says: string;
}

/** Mappings with named keys are followed; where a value may be several things, the mapping among them. */
function rowsOf({ properties = {}, required = [] }: Node, prefix: string): Row[] {
  return Object.entries(properties as Node).flatMap(([key, node]: [string, Node]) => {
    const path = `${prefix}${key}`;
    const inner = node.properties ? node : ((node.anyOf ?? []) as Node[]).find(({ properties: keys }) => keys);
    const says = node.description ?? '';
    return [{ path, is: standing(node, required.includes(key)), says }, ...(inner ? rowsOf(inner, `${path}.`) : [])];
  });
}

function standing(node: Node, required: boolean): string {
  if (node.default !== undefined && !isEmpty(node.default)) return `default \`${JSON.stringify(node.default).replaceAll('"', '')}\``;
  return required ? 'required' : 'optional';
}

const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** zod drops a default that is described as it is written where the value is transformed. */
function keepDefault({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const described = z.globalRegistry.get(zodSchema)?.default;
  if (described !== undefined) jsonSchema.default = described as z.core.JSONSchema.BaseSchema['default'];
}
