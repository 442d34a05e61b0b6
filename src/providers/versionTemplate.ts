/** A text of the service file with {version} in it: made from a version, and read back from what runs. */
import type { Color, Json } from '../core/plan.ts';
import { expand } from '../core/template.ts';
import type { ProviderContext } from './types.ts';

const PLACEHOLDER = '{version}';

/** As the command line takes one. */
const VERSION = '[A-Za-z0-9][A-Za-z0-9._+-]{0,127}';

/** An option as the service file has it, {version} still in it: the final options hold the plan's own version there. */
export const templateOf = <Option extends Json>({ written }: ProviderContext, key: string, given: Option): Option =>
  (written?.[key] as Option | undefined) ?? given;

export const filled = (template: string, vars: { version: string; color: Color }): string => expand(template, { ...vars });

/** The version that `text` was made with, or null where it was not made from this template. */
export function versionIn(template: string, text: string, color: Color): string | null {
  const [first = '', ...others] = expand(template, { color }).split(PLACEHOLDER).map(escaped);
  if (others.length === 0) return null;
  return new RegExp(`^${first}(${VERSION})${others.join('\\1')}$`).exec(text)?.[1] ?? null;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
