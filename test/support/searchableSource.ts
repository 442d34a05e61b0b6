import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));

/** All of the source as one text, to look pieces of messages up in. What a message has filled in stands between the pieces. */
export const searchableSource = (): string =>
  readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`${SOURCE}/${name}`, 'utf8'))
    .join('\n');
