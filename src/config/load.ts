import { crossChecks } from './crossChecks.ts';
import { type ParsedDocument, parseYaml } from './document.ts';
import { ConfigError, type Fault, formatPath } from './errors.ts';
import { type Complaint, parseWith } from './issues.ts';
import { readServiceText } from './read.ts';
import { type ServiceConfig, serviceFile } from './schema.ts';
import { warningsOf } from './warnings.ts';

export interface LoadedService {
  config: ServiceConfig;
  /** Absolute; relative paths in the file start at `folder`. */
  path: string;
  folder: string;
  /** What is allowed but probably not what somebody wants, one sentence each. */
  warnings: string[];
}

/** Reads and checks a service file, `cutover.yaml` by default. Throws ConfigError with everything that is wrong. */
export async function loadServiceFile(file?: string): Promise<LoadedService> {
  const { file: name, path, folder, text } = await readServiceText(file);
  const document = parseYaml(text);
  if ('syntax' in document)
    throw new ConfigError(
      name,
      document.syntax.map((fault) => ({ path: '', ...fault })),
    );
  if (document.data === null) {
    throw new ConfigError(name, [{ line: null, path: '', message: `empty: 'cutover init' writes a service file to start from` }]);
  }
  const { config, complaints } = check(document);
  if (config === null) throw new ConfigError(name, faultsOf(complaints, document));
  return { config, path, folder, warnings: warningsOf(config) };
}

function check({ data, complaints }: ParsedDocument): { config: ServiceConfig | null; complaints: Complaint[] } {
  const parsed = parseWith(serviceFile, data);
  const sections = 'data' in parsed ? parsed.data : goodSections(data);
  const written = new Set(typeof data === 'object' && data !== null ? Object.keys(data) : []);
  const all = [...complaints, ...('complaints' in parsed ? parsed.complaints : []), ...crossChecks(sections, written)];
  return { config: 'data' in parsed && all.length === 0 ? parsed.data : null, complaints: all };
}

/** The sections that are right by themselves: with them the others can still be compared. */
function goodSections(data: unknown): Partial<ServiceConfig> {
  if (typeof data !== 'object' || data === null) return {};
  const parsed = Object.entries(serviceFile.shape).map(([key, schema]) => {
    const result = schema.safeParse((data as Record<string, unknown>)[key]);
    return [key, result.success ? result.data : undefined];
  });
  return Object.fromEntries(parsed);
}

/** One fault for each path: where two rules complain about one key, the first says more. */
function faultsOf(complaints: readonly Complaint[], document: ParsedDocument): Fault[] {
  const faults = new Map<string, Fault>();
  for (const { path, message } of complaints) {
    const shown = formatPath(path);
    const text = shown === 'hooks' ? 'reserved for a later version: it cannot be used yet' : message;
    if (!faults.has(shown)) faults.set(shown, { ...document.locate(path), path: shown, message: text });
  }
  return [...faults.values()];
}
