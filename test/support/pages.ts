/** Pages for people, as far as tests hold them to the code: their blocks, their links, the messages that they quote. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The blocks of a page in a language, without the fences. */
export const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block]) => block!);

/** What stands in backquotes in the first column of a page's tables. */
export const quotedMessages = (text: string): string[] =>
  [...text.matchAll(/^\| (`.+?) \| /gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, message]) => message!));

/** What of a message stands in the source as it is: between what is filled in. */
export function piecesOf(message: string): string[] {
  const pieces = message.split(/[…()]+/).map((piece) => piece.replace(/^[\s;:,]+|[\s;:,]+$/g, ''));
  const known = pieces.filter((piece) => piece !== '');
  if (known.length === 0) throw new Error(`${message} says nothing that could be looked up`);
  return known;
}

/** The links of the pages in a folder that lead to no file, or to no heading of a page. */
export function brokenLinks(folder: string, pages: readonly string[]): string[] {
  return pages.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/\]\(([^)#\s]*)(?:#([\w-]+))?\)/g)]
      .filter(([, target]) => !/^https?:/.test(target!))
      .filter(([, target, heading]) => !leads(join(folder, target || name), heading))
      .map(([link]) => `${name}: ${link}`),
  );
}

function leads(path: string, heading: string | undefined): boolean {
  try {
    if (heading === undefined) return readdirSync(dirname(path)).includes(basename(path));
    const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm);
    return [...headings].some(([, text]) => anchorOf(text!) === heading);
  } catch {
    return false;
  }
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
