/**
 * What the worker's Role lacks, asked of the API server itself before anything is tried. One question for all that is allowed in
 * the namespace; what is not among that is asked for by itself, since an authorizer need not list all that it allows.
 */
import type { V1ResourceRule } from '@kubernetes/client-node';
import { Failure } from '../../core/failure.ts';
import type { Call, Finding } from '../types.ts';
import type { Api } from './api.ts';
import { ask } from './ask.ts';
import { type Asked, groupOf, ruleFor } from './resources.ts';

/** One finding for each that is not allowed. */
export async function lackingPermissions(call: Call, api: Api, needs: readonly Asked[]): Promise<Finding[]> {
  if (needs.length === 0) return [];
  const rules = await knownRules(call, api);
  const doubtful = needs.filter((need) => !rules.some((rule) => allows(rule, need)));
  const lacking = await Promise.all(doubtful.map(async (need) => ((await isAllowed(call, api, need)) ? [] : [findingFor(need)])));
  return lacking.flat();
}

/** Router and environment ask at the same time, and so do a hundred services; a Role that was just corrected is seen soon. */
const KEPT_MS = 2_000;

const kept = new WeakMap<Api['authorization'], Map<string, { at: number; rules: Promise<V1ResourceRule[]> }>>();

function knownRules(call: Call, api: Api): Promise<V1ResourceRule[]> {
  const { authorization, namespace } = api;
  const ofCluster = kept.get(authorization) ?? new Map();
  kept.set(authorization, ofCluster);
  const known = ofCluster.get(namespace);
  if (known && Date.now() - known.at < KEPT_MS) return known.rules;
  // Others wait for it, too: it does not end with whoever asked first.
  const rules = readRules({ ...call, signal: new AbortController().signal }, api);
  ofCluster.set(namespace, { at: Date.now(), rules });
  rules.catch(() => ofCluster.delete(namespace));
  return rules;
}

async function readRules(call: Call, { authorization, namespace }: Api): Promise<V1ResourceRule[]> {
  try {
    const { status } = await ask(call, { verb: 'create', resource: 'selfsubjectrulesreviews', name: namespace }, (options) =>
      authorization.createSelfSubjectRulesReview({ body: { spec: { namespace } } }, options),
    );
    return status?.resourceRules ?? [];
  } catch (error) {
    // Each is asked for by itself then.
    if (error instanceof Failure && error.type !== 'Unavailable') return [];
    throw error;
  }
}

/** As RBAC reads a rule. */
function allows({ verbs, apiGroups = [], resources = [], resourceNames = [] }: V1ResourceRule, { verb, resource, name }: Asked): boolean {
  const among = (allowed: string[], wanted: string) => allowed.includes('*') || allowed.includes(wanted);
  const [, object] = name.split('/');
  const [, subresource] = resource.split('/');
  return (
    among(verbs, verb) &&
    among(apiGroups, groupOf(resource)) &&
    (among(resources, resource) || (subresource !== undefined && resources.includes(`*/${subresource}`))) &&
    (resourceNames.length === 0 || (object !== undefined && resourceNames.includes(object)))
  );
}

async function isAllowed(call: Call, { authorization }: Api, { verb, resource, name }: Asked): Promise<boolean> {
  const [namespace = '', object] = name.split('/');
  const [kind = resource, subresource] = resource.split('/');
  const resourceAttributes = {
    namespace,
    verb,
    group: groupOf(resource),
    resource: kind,
    ...(subresource !== undefined && { subresource }),
    ...(object !== undefined && { name: object }),
  };
  try {
    const { status } = await ask(call, { verb: 'create', resource: 'selfsubjectaccessreviews', name: namespace }, (options) =>
      authorization.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } }, options),
    );
    return status?.allowed === true;
  } catch (error) {
    // A cluster that keeps even this from its users: what is lacking is found when it is used.
    if (error instanceof Failure && error.type === 'PermissionDenied') return true;
    throw error;
  }
}

const findingFor = (need: Asked): Finding => ({
  severity: 'error',
  message: `the worker may not ${need.verb} ${need.resource} ${need.name.includes('/') ? need.name : `in namespace ${need.name}`}`,
  cure: `add the rule ${ruleFor(need)} to the worker's Role`,
});
