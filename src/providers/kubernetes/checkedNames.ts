/** Names whose parts came from the worker's environment have not been checked yet: here they are all known. */
import { Failure } from '../../core/failure.ts';

const NAME = /^[a-z0-9][-a-z0-9.]*$/;

/** `names`: by the keys of the service file. Throws InvalidConfiguration: an empty name would ask for all objects of the kind. */
export function checkNames(names: Record<string, string | undefined>): void {
  for (const [key, value] of Object.entries(names))
    if (value !== undefined && !NAME.test(value))
      throw new Failure('InvalidConfiguration', `${key} is ${JSON.stringify(value)}; expected the name of a Kubernetes object`);
}

/** Throws InvalidConfiguration where two are the same, though each needs its own. */
export function checkDistinct(names: Record<string, string | undefined>): void {
  const given = Object.entries(names).filter(([, value]) => value !== undefined);
  const twin = given.find(([, value], at) => given.findIndex(([, other]) => other === value) < at);
  if (twin) throw new Failure('InvalidConfiguration', `${given.map(([key]) => key).join(' and ')} are both ${twin[1]}; each needs its own`);
}
