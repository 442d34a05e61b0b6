/** What the worker's Role lacks, asked of the API server itself before anything is tried. */
import { Failure } from '../../core/failure.ts';
import type { Call, Finding } from '../types.ts';
import type { Api } from './api.ts';
import { ask } from './ask.ts';
import { type Asked, groupOf, ruleFor } from './resources.ts';

/** One finding for each that is not allowed. */
export async function lackingPermissions(call: Call, api: Api, needs: readonly Asked[]): Promise<Finding[]> {
  const lacking = await Promise.all(needs.map(async (need) => ((await isAllowed(call, api, need)) ? [] : [findingFor(need)])));
  return lacking.flat();
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
