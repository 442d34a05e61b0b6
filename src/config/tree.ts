import type { Node, Pair } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { DEEPEST, TOO_DEEP } from './bounds.ts';
import type { KeyPath } from './errors.ts';
import type { Complaint } from './issues.ts';

/** A place in the text, by its offset. */
export interface Offence {
  offset: number;
  message: string;
}

/** What a walk over the YAML nodes tells that the data no longer tell. */
export interface Inspection {
  /** What is wrong with single keys and texts. */
  complaints: Complaint[];
  /** What makes the file unfit to be looked at any further. */
  offences: Offence[];
  /** Offsets of aliases and merge keys. */
  shared: number[];
  /** Offsets of keys and entries, by `placeKey`. */
  places: Map<string, number>;
}

export const placeKey = (path: KeyPath): string => path.join('\0');

/** Maps whose values are text by nature: `PORT: 8080` there means the text, as it is written (`1.10` stays `1.10`). */
const TEXT_MAPS = new Set(['env', 'headers']);
/** Below these keys everything is the user's own JSON. */
const FREE_KEYS = new Set(['json', 'body']);

const MALFORMED_ENV = /\$\{env:(?![A-Za-z_][A-Za-z0-9_]*\})/;

/** Looks at every key and text once; makes numbers in text maps text again. */
export function inspectTree(root: unknown): Inspection {
  const inspection: Inspection = { complaints: [], offences: [], shared: [], places: new Map() };
  inspectNode(root, [], new Set(), inspection);
  return inspection;
}

/** `open` are the anchors of the nodes that this one is in. */
function inspectNode(node: unknown, path: KeyPath, open: ReadonlySet<string>, into: Inspection): void {
  if (isAlias(node)) {
    into.shared.push(startOf(node));
    if (open.has(node.source)) into.offences.push({ offset: startOf(node), message: 'an alias of what it is itself in' });
  } else if (isScalar(node)) inspectText(node.value, path, into);
  else if (isSeq(node) || isMap(node)) {
    if (path.length > DEEPEST) {
      into.offences.push({ offset: startOf(node), message: TOO_DEEP });
      return;
    }
    const within = node.anchor === undefined ? open : new Set([...open, node.anchor]);
    const inspectChild = (key: string | number, at: unknown, value: unknown) => {
      into.places.set(placeKey([...path, key]), startOf(at));
      inspectNode(value, [...path, key], within, into);
    };
    if (isSeq(node)) for (const [index, item] of node.items.entries()) inspectChild(index, item, item);
    else inspectEntries(node.items, path, into, inspectChild);
  }
}

function inspectEntries(
  pairs: Pair[],
  path: KeyPath,
  into: Inspection,
  inspectChild: (key: string, at: unknown, value: unknown) => void,
): void {
  const seen = new Set<string>();
  for (const pair of pairs) {
    const key = inspectKey(pair, path, into);
    if (key === null) continue;
    if (seen.has(key)) into.complaints.push({ path: [...path, key], message: 'the same key twice' });
    seen.add(key);
    if (TEXT_MAPS.has(key) && !path.some((above) => FREE_KEYS.has(String(above)))) keepText(pair.value);
    inspectChild(key, pair.key, pair.value);
  }
}

function inspectKey({ key }: Pair, path: KeyPath, into: Inspection): string | null {
  if (!isScalar(key)) {
    into.offences.push({ offset: startOf(key), message: 'a key must be text' });
    return null;
  }
  if (typeof key.value === 'symbol') {
    into.shared.push(startOf(key));
    return '<<';
  }
  const text = String(key.value ?? '');
  const message = typeof key.value !== 'string' ? `a key must be text: write "${text}" in quotes` : 'not allowed as a key';
  if (typeof key.value !== 'string' || text === '__proto__') into.complaints.push({ path: [...path, text], message });
  return text;
}

function inspectText(value: unknown, path: KeyPath, into: Inspection): void {
  if (typeof value === 'string' && MALFORMED_ENV.test(value)) {
    into.complaints.push({
      path,
      message: 'a placeholder of the environment is written ${env:NAME}, with letters, digits and _ in the name',
    });
  }
}

function keepText(map: unknown): void {
  if (!isMap(map)) return;
  for (const { value } of map.items) {
    const isPlain = isScalar(value) && (typeof value.value === 'number' || typeof value.value === 'boolean');
    if (isPlain && value.source !== undefined) value.value = value.source;
  }
}

const startOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;
