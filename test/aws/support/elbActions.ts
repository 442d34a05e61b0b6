/** Actions of listeners and rules as AWS describes them: a forward to one group in its long form, and no client secrets. */
import { childOf, type Element, element, elementsNamed, membersOf, textOf } from './xml.ts';

const LISTS = ['DefaultActions', 'Actions'];

export function* actionsIn(answer: Element): Generator<Element> {
  for (const list of LISTS) {
    for (const { children } of elementsNamed(answer, list)) yield* children;
  }
}

/** A forward to one group has both TargetGroupArn and ForwardConfig, whichever of them was written. */
export function lengthenForward(action: Element): void {
  if (textOf(action, 'Type') !== 'forward') return;
  const arn = textOf(action, 'TargetGroupArn');
  const config = childOf(action, 'ForwardConfig');
  const groups = membersOf(config, 'TargetGroups');
  if (arn && !config) action.children.push(forwardConfig(arn));
  if (!arn && groups.length === 1) action.children.push(element('TargetGroupArn', textOf(groups[0], 'TargetGroupArn')));
}

function forwardConfig(arn: string): Element {
  const group = element('member', [element('TargetGroupArn', arn), element('Weight', '1')]);
  return element('ForwardConfig', [
    element('TargetGroups', [group]),
    element('TargetGroupStickinessConfig', [element('Enabled', 'false')]),
  ]);
}

export function hideSecret(action: Element): void {
  const config = childOf(action, 'AuthenticateOidcConfig');
  if (config) config.children = config.children.filter(({ name }) => name !== 'ClientSecret' && name !== 'UseExistingClientSecret');
}
