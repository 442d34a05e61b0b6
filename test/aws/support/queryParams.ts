/** Parameters of AWS's query protocols: `DefaultActions.member.1.Type=forward` is { DefaultActions: [{ Type: 'forward' }] }. */
export type Params = Record<string, unknown>;

interface Tree {
  [key: string]: Tree | string;
}

export function decodeQuery(form: URLSearchParams): Params {
  const tree: Tree = {};
  for (const [name, value] of form) {
    if (name !== 'Action' && name !== 'Version') put(tree, name.split('.'), value);
  }
  return plain(tree) as Params;
}

function put(tree: Tree, path: string[], value: string): void {
  const steps = path.filter((step) => step !== 'member');
  const last = steps.pop() ?? 'member';
  let at = tree;
  for (const step of steps) {
    if (typeof at[step] !== 'object') at[step] = {};
    at = at[step] as Tree;
  }
  at[last] = value;
}

function plain(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  const keys = Object.keys(tree);
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) return keys.sort((a, b) => +a - +b).map((key) => plain(tree[key]!));
  return Object.fromEntries(keys.map((key) => [key, plain(tree[key]!)]));
}
