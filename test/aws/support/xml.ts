/** As much XML as AWS's answers have: elements, text, an XML declaration. Text stays escaped in the tree. */
export interface Element {
  name: string;
  /** As written: ` xmlns="…"`, or empty. */
  attributes: string;
  children: Element[];
  text: string;
}

const TOKEN = /<(\/?)([\w:.-]+)([^<>]*?)(\/?)>|<[?!][^>]*>|([^<]+)/g;

export function parseXml(source: string): Element {
  const root = element('');
  const open = [root];
  for (const [, closing, name, attributes, empty, text] of source.matchAll(TOKEN)) {
    const current = open.at(-1)!;
    if (text !== undefined) current.text += text;
    else if (closing) open.pop();
    else if (name) {
      const made = { ...element(name), attributes: attributes!.trimEnd() };
      current.children.push(made);
      if (!empty) open.push(made);
    }
  }
  if (!root.children[0] || open.length !== 1) throw new Error(`not XML: ${source.slice(0, 200)}`);
  return root.children[0];
}

export function printXml({ name, attributes, children, text }: Element): string {
  const inside = children.length > 0 ? children.map(printXml).join('') : text;
  return `<${name}${attributes}>${inside}</${name}>`;
}

export function element(name: string, inside: Element[] | string = []): Element {
  return typeof inside === 'string'
    ? { name, attributes: '', children: [], text: escapeXml(inside) }
    : { name, attributes: '', children: inside, text: '' };
}

export const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const childOf = (parent: Element | undefined, name: string): Element | undefined =>
  parent?.children.find((child) => child.name === name);

/** The elements of a list: <Listeners><member/>…</Listeners>. */
export const membersOf = (parent: Element | undefined, list: string): Element[] => childOf(parent, list)?.children ?? [];

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export const textOf = (parent: Element | undefined, name: string): string => unescapeXml(childOf(parent, name)?.text.trim() ?? '');

const unescapeXml = (text: string): string => text.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);

/** Every element of that name, however deep. */
export function* elementsNamed(root: Element, name: string): Generator<Element> {
  if (root.name === name) yield root;
  for (const child of root.children) yield* elementsNamed(child, name);
}

/** Plain objects: an element with children of one name, repeated or called `member`, is a list. */
export function xmlToJson(root: Element): unknown {
  if (root.children.length === 0) return unescapeXml(root.text);
  if (/s$/.test(root.name) && new Set(root.children.map(({ name }) => name)).size === 1) return root.children.map(xmlToJson);
  return Object.fromEntries(root.children.map((child) => [child.name, xmlToJson(child)]));
}
