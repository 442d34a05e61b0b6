import { ConfigError } from './errors.ts';
import { SERVICE_PATTERN } from './names.ts';
import { readServiceText } from './read.ts';

/**
 * The `service` of a service file and nothing else: what `cutover rollback` needs before it can start, so it neither
 * loads the schema nor minds what is wrong elsewhere in the file. Throws ConfigError.
 */
export async function readServiceName(file?: string): Promise<string> {
  const { file: shown, text } = await readServiceText(file);
  const { parseYaml } = await import('./document.ts');
  const document = parseYaml(text);
  if ('syntax' in document)
    throw new ConfigError(
      shown,
      document.syntax.map((fault) => ({ path: '', ...fault })),
    );
  const service = (document.data as { service?: unknown } | null)?.service;
  if (typeof service === 'string' && SERVICE_PATTERN.test(service)) return service;
  const message = service === undefined ? 'missing; the name of the service' : 'not a name of 1 to 40 lower-case letters, digits and -';
  throw new ConfigError(shown, [{ ...document.locate(['service']), path: 'service', message }]);
}
