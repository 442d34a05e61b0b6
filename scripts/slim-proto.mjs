/**
 * An esbuild plugin: keeps of Temporal's protocol descriptor (1.4 MB, parsed and linked at every start) only the calls
 * that the command makes, and all that they can send or receive. It halves the time to the first request of a cold
 * `cutover rollback`. The worker is not bundled and has the whole descriptor.
 */
import { readFile } from 'node:fs/promises';

const CALLS = {
  'temporal.api.workflowservice.v1.WorkflowService': [
    'GetSystemInfo',
    'StartWorkflowExecution',
    'ExecuteMultiOperation',
    'UpdateWorkflowExecution',
    'PollWorkflowExecutionUpdate',
    'QueryWorkflow',
    'SignalWorkflowExecution',
    'ListWorkflowExecutions',
    'DescribeWorkflowExecution',
    'GetWorkflowExecutionHistory',
    'TerminateWorkflowExecution',
    'DescribeTaskQueue',
  ],
  'temporal.api.operatorservice.v1.OperatorService': [],
  'temporal.api.testservice.v1.TestService': [],
  'grpc.health.v1.Health': [],
};

/** Whole packages that errors and payloads are decoded with by name, and the enums that the client reads at start. */
const KEPT = ['temporal.api.errordetails.v1', 'temporal.api.enums.v1', 'google.rpc', 'temporal.api.sdk.v1.ExternalStorageReference'];
const ALSO = ['temporal.api.history.v1.History', 'temporal.api.workflow.v1.VersioningOverride', 'temporal.api.common.v1.Payload'];

export const slimProto = () => ({
  name: 'slim-proto',
  setup(build) {
    build.onLoad({ filter: /@temporalio[\\/]proto[\\/]protos[\\/]json-module\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const from = source.indexOf('.addJSON(') + '.addJSON('.length;
      const descriptor = Function(`return ${source.slice(from, source.lastIndexOf(')'))}`)();
      const text = JSON.stringify(prune({ nested: descriptor }).nested);
      return { contents: `${source.slice(0, from)}JSON.parse(${JSON.stringify(text)}));\nmodule.exports = $root;`, loader: 'js' };
    });
  },
});

function prune(root) {
  const wanted = new Set();
  for (const [service, calls] of Object.entries(CALLS)) {
    const node = find(root, service);
    node.methods = Object.fromEntries(Object.entries(node.methods).filter(([name]) => calls.includes(name)));
    wanted.add(service);
    for (const method of Object.values(node.methods))
      for (const type of [method.requestType, method.responseType]) want(root, service, type, wanted);
  }
  for (const name of [...KEPT, ...ALSO]) wantAll(root, name, wanted);
  return keep(root, '', wanted);
}

/** Marks a type, found as protobuf does: from the inside of `scope` outwards. */
function want(root, scope, type, wanted) {
  for (let at = scope.split('.'); ; at = at.slice(0, -1)) {
    const name = [...at, type.replace(/^\./, '')].join('.');
    const node = find(root, name);
    if (node && !node.isNamespace) return wantAll(root, name, wanted);
    if (at.length === 0) throw new Error(`slim-proto: ${type} is unknown in ${scope}`);
  }
}

function wantAll(root, name, wanted) {
  if (wanted.has(name)) return;
  wanted.add(name);
  const node = find(root, name);
  if (!node) throw new Error(`slim-proto: ${name} is not in the descriptor`);
  for (const field of Object.values(node.fields ?? {}))
    for (const type of [field.type, field.keyType]) if (type && !SCALARS.has(type)) want(root, name, type, wanted);
  // What is nested in a wanted message comes when a field asks for it; in a package that is kept, everything does.
  for (const [child, inner] of Object.entries(node.nested ?? {}))
    if (inner.values || !node.fields) wantAll(root, `${name}.${child}`, wanted);
}

const SCALARS = new Set(
  'double float int32 uint32 sint32 fixed32 sfixed32 int64 uint64 sint64 fixed64 sfixed64 bool string bytes'.split(' '),
);

const find = (root, name) => name.split('.').reduce((node, part) => node?.nested?.[part], root);

/** The descriptor without what is not wanted, and without what nobody reads at run time (options, comments). */
function keep(node, name, wanted) {
  const { nested, options: _options, comment: _comment, ...rest } = node;
  const children = Object.entries(nested ?? {})
    .map(([child, inner]) => [child, keep(inner, name ? `${name}.${child}` : child, wanted)])
    .filter(([, inner]) => inner);
  const isPackage = !node.fields && !node.values && !node.methods;
  if (isPackage ? children.length === 0 : !wanted.has(name) && children.length === 0) return null;
  return children.length > 0 ? { ...rest, nested: Object.fromEntries(children) } : rest;
}
