import { CST, Lexer } from 'yaml';

/** What no service file comes near, and what any parser that calls itself can bear. */
export const DEEPEST = 64;
export const TOO_DEEP = `nested more than ${DEEPEST} levels deep`;
/** Words, marks and spaces: some ten thousand lines. */
const MOST_LEXEMES = 100_000;

const OPENING = new Set<unknown>(['flow-map-start', 'flow-seq-start']);
const CLOSING = new Set<unknown>(['flow-map-end', 'flow-seq-end']);
const NESTING = new Set<unknown>(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);
const BLANK = new Set<unknown>(['space', 'comment', 'doc-mode', 'byte-order-mark']);

/**
 * The line (from 1) on which a text becomes more than we parse, and why; null where it does not. The YAML parser calls
 * itself for every level, and a megabyte of brackets or dashes ends the whole process; a megabyte of short keys takes it
 * many seconds. So both are found before it runs.
 */
export function outOfBounds(text: string): { line: number; message: string } | null {
  const indents: number[] = [];
  let brackets = 0;
  let indicators = 0;
  let line = 1;
  let lexemes = 0;
  let indent: number | null = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    if (type === 'newline') {
      indicators = 0;
      indent = 0;
    } else if (type === 'space' && indent !== null) indent = lexeme.length;
    else if (!BLANK.has(type) && indent !== null) {
      if (brackets === 0) nest(indents, indent);
      indent = null;
    }
    if (OPENING.has(type)) brackets++;
    else if (CLOSING.has(type)) brackets--;
    else if (NESTING.has(type) && brackets === 0) indicators++;
    if (Math.max(brackets, indicators, indents.length) > DEEPEST) return { line, message: TOO_DEEP };
    if (++lexemes > MOST_LEXEMES) return { line, message: 'more than any service needs: the file is too long' };
    line += lexeme.split('\n').length - 1;
  }
  return null;
}

/** What a line with this indentation is in, by the indentations of the lines above. */
function nest(indents: number[], indent: number): void {
  while (indents.length > 0 && indents.at(-1)! >= indent) indents.pop();
  indents.push(indent);
}
