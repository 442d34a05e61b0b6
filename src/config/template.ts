import { Document } from 'yaml';

/** What `cutover init` asks. It is written as given: whether it is valid, the loader says. */
export interface TemplateAnswers {
  service: string;
  /** argv */
  command: string[];
  ports: { blue: number; green: number };
  /** host:port that users connect to */
  listen: string;
  readinessPath: string;
  /** Where the program says its version: the path, and the field of the JSON answer or the header. */
  identity?: { path: string; json: string } | { path?: string; header: string };
}

const COMMENT_COLUMN = 64;

/** A service file with the essential keys in about ten lines, each with a short comment. */
export function serviceFileTemplate({ service, command, ports, listen, readinessPath, identity }: TemplateAnswers): string {
  const monitor = { duration: '10m', checks: [{ name: 'error-rate', source: { type: 'router' }, max: 0.05 }] };
  const lines = [
    ['service', service, ''],
    ['router', { type: 'local', listen }, 'users connect here'],
    ['environment', undefined, 'the two copies; each gets PORT, VERSION, COLOR'],
    ['  type', 'local', ''],
    ['  command', command, 'argv, no shell'],
    ['  ports', ports, ''],
    ['  readiness', { path: readinessPath }, 'answers 2xx when fit for users'],
    ...(identity ? [['identity', identity, 'where a copy says its version'] as const] : []),
    ['smokeTests', [{ name: 'health', path: readinessPath }], 'before any user sees the new version'],
    ['monitor', monitor, 'a broken bound rolls back'],
  ] as const;
  return lines.map(([key, value, comment]) => line(key, value, comment)).join('');
}

function line(key: string, value: unknown, comment: string): string {
  const text = value === undefined ? `${key}:` : `${key}: ${inOneLine(value)}`;
  return comment === '' ? `${text}\n` : `${text.padEnd(COMMENT_COLUMN)} # ${comment}\n`;
}

function inOneLine(value: unknown): string {
  const document = new Document();
  document.contents = document.createNode(value, { flow: true });
  const always = { lineWidth: 0, blockQuote: false, singleQuote: false, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };
  return document.toString(always).trimEnd();
}
