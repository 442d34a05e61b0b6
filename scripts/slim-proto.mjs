/**
 * An esbuild plugin: puts code that pbjs writes in the place of Temporal's protocol descriptor (1.4 MB, which is parsed and linked at
 * every start, and out of which every codec is generated and compiled again). It has only the calls that the command makes, and what
 * they can send or receive. The worker is not bundled and has the whole descriptor.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { main } from 'protobufjs-cli/pbjs.js';

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

/** What nobody reads here, and what would bring half of the protocol; a decoder skips it, as any field that is newer than itself. */
const ENDS = /^workflowExecution(Completed|Failed|Canceled|Terminated|TimedOut|ContinuedAsNew)EventAttributes$/;
const IGNORED = {
  'temporal.api.workflowservice.v1.StartWorkflowExecutionResponse': (field) => field === 'eagerWorkflowTask',
  'temporal.api.history.v1.HistoryEvent': (field) => field.endsWith('EventAttributes') && !ENDS.test(field),
};

/** Written once, for all bundles of a build. */
let written;

export const slimProto = () => ({
  name: 'slim-proto',
  setup({ onLoad }) {
    onLoad({ filter: /@temporalio[\\/]proto[\\/]protos[\\/]root\.js$/ }, async ({ path }) => {
      written ??= codeBeside(path);
      return { contents: await written, loader: 'js' };
    });
    onLoad({ filter: /@temporalio[\\/]common[\\/]lib[\\/]converter[\\/]protobuf-payload-converters\.js$/ }, () => ({
      contents: NO_MESSAGES,
    }));
    // History as JSON, which no command needs.
    onLoad({ filter: /@temporalio[\\/]common[\\/]lib[\\/]proto-utils\.js$/ }, () => ({ contents: '' }));
  },
});

/** The client asks a service for its calls by `Object.entries`: services that are made of a descriptor have them themselves. */
const OWN_CALLS = `
{
  const { WorkflowService } = $root.temporal.api.workflowservice.v1;
  const { create, prototype } = WorkflowService;
  WorkflowService.create = (...args) => Object.assign(create.apply(WorkflowService, args), prototype);
}
`;

/** Payloads that are protobuf messages: of ours, none is. The client makes a converter when it is loaded, for payloads that lie in another store. */
const NO_MESSAGES = `
exports.ProtobufJsonPayloadConverter = class {
  fromPayload() {
    throw new Error('a payload of this workflow lies in an external store, which cutover does not read');
  }
};
`;

async function codeBeside(root) {
  const source = await readFile(join(root, '..', 'json-module.js'), 'utf8');
  const from = source.indexOf('.addJSON(') + '.addJSON('.length;
  const descriptor = Function(`return ${source.slice(from, source.lastIndexOf(')'))}`)();
  return (await codeOf(prune({ nested: descriptor }))) + OWN_CALLS;
}

async function codeOf(descriptor) {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-build-'));
  try {
    const file = join(folder, 'protocol.json');
    await writeFile(file, JSON.stringify(descriptor));
    const unused = ['verify', 'convert', 'delimited', 'typeurl', 'comments'].map((what) => `--no-${what}`);
    return await promisify(main)(['--target', 'static-module', '--wrap', 'commonjs', ...unused, file]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function prune(root) {
  for (const [name, isIgnored] of Object.entries(IGNORED)) ignore(find(root, name), isIgnored);
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

function ignore(type, isIgnored) {
  const isKept = (field) => !isIgnored(field);
  type.fields = Object.fromEntries(Object.entries(type.fields).filter(([name]) => isKept(name)));
  for (const group of Object.values(type.oneofs ?? {})) group.oneof = group.oneof.filter(isKept);
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
