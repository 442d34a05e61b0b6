/** The Service that testers reach the idle color by. It is put back when that color is given up. */
import type { V1Service } from '@kubernetes/client-node';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import type { Api } from '../api.ts';
import { compareAndSet } from '../compareAndSet.ts';
import { type ColorLabel, colorIn, hasSelector, routingOf, selectorOf } from './selector.ts';
import { readService, selectBy } from './service.ts';

export interface Preview {
  api: Api;
  /** Of the preview Service. */
  name: string;
  label: ColorLabel;
}

/** What its selector says: null where the key is absent; undefined where it is somebody else's. */
export async function previewValue(call: Call, { api, name, label }: Preview): Promise<string | null | undefined> {
  const service = await readService(call, api, name);
  return isOurs(service, label) ? (selectorOf(service)[label.selectorKey] ?? null) : undefined;
}

/** Resolves with what it did, in words. Throws InvalidConfiguration where the Service is somebody else's. */
export const pointAt = (call: Call, preview: Preview, color: Color): Promise<string> =>
  compareAndSet(call, {
    known: null,
    read: () => readService(call, preview.api, preview.name),
    write: async (service) => {
      const { api, name, label } = preview;
      const full = `${api.namespace}/${name}`;
      if (!isOurs(service, label)) throw foreign(full, service, label);
      if (colorIn(service, label) === color) return `the preview Service ${full} selects ${color} already`;
      await selectBy(call, api, service, label.selectorKey, label.values[color]);
      return `the preview Service ${full} selects ${color}`;
    },
  });

/** As it was, unless somebody has taken it over. */
export const putBack = (call: Call, { api, name, label }: Preview, value: string | null): Promise<void> =>
  compareAndSet(call, {
    known: null,
    read: () => readService(call, api, name),
    write: async (service) => {
      const isBack = (selectorOf(service)[label.selectorKey] ?? null) === value;
      if (isOurs(service, label) && !isBack) await selectBy(call, api, service, label.selectorKey, value);
    },
  });

/** It selects one of the two colors, or both. */
const isOurs = (service: V1Service, label: ColorLabel): boolean =>
  hasSelector(service) && (colorIn(service, label) !== null || !(label.selectorKey in selectorOf(service)));

function foreign(name: string, service: V1Service, label: ColorLabel): Failure {
  const { summary } = routingOf(name, service, label);
  const message = `patch services ${name} was not sent: the preview ${summary}; let its selector have ${label.selectorKey}: ${label.values.blue} or ${label.values.green}, or leave previewService out`;
  return new Failure('InvalidConfiguration', message);
}
