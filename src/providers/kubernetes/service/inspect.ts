/** What is wrong with the Services and the worker's Role, found by reading only. */
import type { V1Service } from '@kubernetes/client-node';
import { attempt } from '../../attempt.ts';
import type { Call, Finding } from '../../types.ts';
import type { Api } from '../api.ts';
import { lackingPermissions } from '../permissions.ts';
import type { Asked } from '../resources.ts';
import type { ServiceRouterOptions } from './options.ts';
import { type ColorLabel, colorIn, hasSelector, routingOf, selectorOf } from './selector.ts';
import { readService } from './service.ts';

export async function inspect(call: Call, api: Api, options: ServiceRouterOptions): Promise<Finding[]> {
  const names = [options.service, ...(options.previewService === undefined ? [] : [options.previewService])];
  const [lacking, ...found] = await Promise.all([
    lackingPermissions(call, api, needsOf(api, options)),
    ...names.map(async (name) => ({ name, findings: await inspectService(call, api, name, options) })),
  ]);
  // What may not be read is said once: with the Role that lacks it.
  const isSaid = (name: string) => lacking.some(({ message }) => message.endsWith(`get services ${api.namespace}/${name}`));
  return [...lacking, ...found.flatMap(({ name, findings }) => (isSaid(name) ? [] : findings))];
}

/** All that the router ever asks for. */
export function needsOf({ namespace }: Api, { service, previewService }: ServiceRouterOptions): Asked[] {
  const services = [service, ...(previewService === undefined ? [] : [previewService])].map((name) => `${namespace}/${name}`);
  return [
    ...services.flatMap((name): Asked[] => [
      { verb: 'get', resource: 'services', name },
      { verb: 'patch', resource: 'services', name },
    ]),
    { verb: 'list', resource: 'pods', name: namespace },
    { verb: 'list', resource: 'endpointslices', name: namespace },
  ];
}

async function inspectService(call: Call, api: Api, name: string, options: ServiceRouterOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  const full = `${api.namespace}/${name}`;
  const service = await attempt(findings, readService(call, api, name));
  if (!service) return findings;
  return name === options.service
    ? [...selectorFindings(full, service, options), ...habits(full, service)]
    : previewFindings(full, service, options);
}

function selectorFindings(name: string, service: V1Service, label: ColorLabel): Finding[] {
  const { selectorKey, values } = label;
  if (colorIn(service, label)) return [];
  const { summary } = routingOf(name, service, label);
  const cure = hasSelector(service)
    ? `let its selector have ${selectorKey}: ${values.blue} or ${selectorKey}: ${values.green}, whichever users are to be on now`
    : 'name a Service whose selector picks the pods';
  return [{ severity: 'error', message: summary, cure }];
}

function previewFindings(name: string, service: V1Service, label: ColorLabel): Finding[] {
  const isForeign = label.selectorKey in selectorOf(service) && !colorIn(service, label);
  if (hasSelector(service) && !isForeign) return [];
  const { summary } = routingOf(name, service, label);
  const cure = `let its selector have ${label.selectorKey}: ${label.values.blue} or ${label.values.green}, or leave previewService out`;
  return [{ severity: 'error', message: `the preview ${summary}`, cure }];
}

/** What keeps users on the old color for a while, or sends them to pods that are not ready. */
function habits(name: string, { spec }: V1Service): Finding[] {
  const findings: Finding[] = [];
  const warn = (message: string, cure: string) => findings.push({ severity: 'warning', message: `Service ${name} ${message}`, cure });
  if (spec?.sessionAffinity === 'ClientIP') {
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
    warn(
      `has sessionAffinity ClientIP: clients may stay with a pod of the old color, by their address, for up to ${seconds} s after their last request`,
      'set sessionAffinity None, or give switch.drain that time',
    );
  }
  if (spec?.clusterIP === 'None')
    warn(
      'is headless: clients find the pods by DNS, and stay with those of the old color until they look again',
      'give it a cluster IP, or give switch.drain the time that clients keep addresses',
    );
  if (spec?.publishNotReadyAddresses)
    warn('has publishNotReadyAddresses: users are sent to pods that are not ready', 'take publishNotReadyAddresses away');
  return findings;
}
