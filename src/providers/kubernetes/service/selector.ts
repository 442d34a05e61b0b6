/** Where the selector of a Service sends users, in terms of the two colors. Pure. */
import type { V1Service } from '@kubernetes/client-node';
import { COLORS, type Color } from '../../../core/plan.ts';
import type { Routing } from '../../../core/routing.ts';
import { writtenBy } from '../fieldWriter.ts';
import { inText, type Labels } from '../pods.ts';

/** Which label tells the colors apart, and what it says for each. */
export interface ColorLabel {
  selectorKey: string;
  values: Record<Color, string>;
}

export const selectorOf = ({ spec }: V1Service): Labels => spec?.selector ?? {};

export const hasSelector = (service: V1Service): boolean =>
  service.spec?.type !== 'ExternalName' && Object.keys(selectorOf(service)).length > 0;

export function colorIn(service: V1Service, { selectorKey, values }: ColorLabel): Color | null {
  const value = hasSelector(service) ? selectorOf(service)[selectorKey] : undefined;
  return COLORS.find((color) => values[color] === value) ?? null;
}

/** The labels that a color's pods need for this Service to select them. */
export const labelsOf = (service: V1Service, color: Color, { selectorKey, values }: ColorLabel): Labels => ({
  ...selectorOf(service),
  [selectorKey]: values[color],
});

/** The pods of both colors, as a selector in words. */
export function bothColors(service: V1Service, { selectorKey, values }: ColorLabel): string {
  const { [selectorKey]: _, ...others } = selectorOf(service);
  return [inText(others), `${selectorKey} in (${values.blue},${values.green})`].filter(Boolean).join(',');
}

/** `name` is namespace/name. Never 'none': a Service that selects neither color alone is somebody else's, or wrong. */
export function routingOf(name: string, service: V1Service, label: ColorLabel): Routing {
  const by = writtenBy(service.metadata?.managedFields, ['spec', 'selector', label.selectorKey]);
  return { to: colorIn(service, label) ?? 'other', summary: `Service ${name} ${inWords(service, label)}${by}` };
}

function inWords(service: V1Service, label: ColorLabel): string {
  if (service.spec?.type === 'ExternalName') return `is another name of ${service.spec.externalName}`;
  if (!hasSelector(service)) return 'has no selector';
  const selects = `selects ${inText(selectorOf(service))}`;
  const color = colorIn(service, label);
  if (color) return `${selects}: ${color}`;
  const { selectorKey, values } = label;
  return selectorKey in selectorOf(service)
    ? `${selects}: ${selectorKey} is neither ${values.blue} (blue) nor ${values.green} (green)`
    : `${selects}: without ${selectorKey}, so that it selects both colors`;
}
