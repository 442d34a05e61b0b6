import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { outOfBounds } from './bounds.ts';
import type { KeyPath } from './errors.ts';
import type { Complaint } from './issues.ts';
import { type Inspection, inspectTree, type Offence, placeKey } from './tree.ts';

/** Aliases are a convenience; a file that multiplies itself with them is refused. */
const MOST_ALIASES = 100;
/** Offences of one walk; the first ones tell. */
const MOST_SYNTAX_FAULTS = 5;

export interface Place {
  line: number;
  column: number;
}

/** A parsed file: its data as plain JSON, what is wrong with its keys and texts, and where each key is. */
export interface ParsedDocument {
  data: unknown;
  complaints: Complaint[];
  locate(path: KeyPath): Place;
}

/** What makes a file no YAML that we take at all: with it there is no use in looking further. */
export interface SyntaxFault extends Place {
  message: string;
}

export function parseYaml(text: string): ParsedDocument | { syntax: SyntaxFault[] } {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refuse = (offences: Offence[]) => {
    const faults = offences.map(({ offset, message }) => ({ ...place(offset), message }));
    const said = (fault: SyntaxFault) => `${fault.line} ${fault.message}`;
    return { syntax: [...new Map(faults.map((fault) => [said(fault), fault])).values()].slice(0, MOST_SYNTAX_FAULTS) };
  };
  const bound = outOfBounds(text);
  if (bound !== null) return { syntax: [{ column: 1, ...bound }] };
  const document = compose(text, lines);
  if ('offences' in document) return refuse(document.offences);
  const tree = inspectTree(document.contents);
  if (tree.offences.length > 0) return refuse(tree.offences);
  const first = tree.shared[0] ?? 0;
  if (tree.shared.length > MOST_ALIASES) return refuse([{ offset: first, message: `more than ${MOST_ALIASES} aliases` }]);
  const data = toData(document);
  if ('trouble' in data) return refuse([{ offset: first, message: data.trouble }]);
  return { data: data.value, complaints: tree.complaints, locate: (path) => place(offsetOf(tree, path)) };
}

function compose(text: string, lineCounter: LineCounter): Document | { offences: Offence[] } {
  // Duplicate keys are looked for in our own walk: the parser's way takes minutes for many keys.
  const options = {
    prettyErrors: false,
    uniqueKeys: false,
    merge: true,
    schema: 'core',
    resolveKnownTags: false,
    logLevel: 'error',
  } as const;
  const document = parseDocument(text, { ...options, lineCounter });
  const [first] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0] || clarity(b) - clarity(a));
  // What the parser says after that is mostly what it made of the first.
  return first ? { offences: [{ offset: first.pos[0], message: inWords(first) }] } : document;
}

/** Of several complaints about one place the one that a person understands. */
const clarity = ({ code }: YAMLError): number => (code === 'TAB_AS_INDENT' ? 1 : 0);

function inWords({ code, message }: YAMLError): string {
  if (code === 'TAB_AS_INDENT') return 'a tab as indentation: YAML wants spaces';
  if (code === 'MULTIPLE_DOCS') return 'a second document: one file describes one service';
  if (code === 'TAG_RESOLVE_FAILED') return `${message.replace(/^Unresolved tag: /, 'the tag ')} is not known here: write the plain value`;
  return message;
}

function toData(document: Document): { value: unknown } | { trouble: string } {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (error) {
    const { message } = error as Error;
    if (/Excessive alias count/.test(message)) return { trouble: `aliases that multiply the file more than ${MOST_ALIASES} times` };
    return { trouble: message.replace(/^Unresolved alias.*: /, 'no anchor of this name before the alias *') };
  }
}

/** Where the key of a path is; where there is none (it is missing, or came with an alias), the nearest key above it. */
function offsetOf({ places }: Inspection, path: KeyPath): number {
  for (let length = path.length; length > 0; length--) {
    const offset = places.get(placeKey(path.slice(0, length)));
    if (offset !== undefined) return offset;
  }
  return 0;
}
