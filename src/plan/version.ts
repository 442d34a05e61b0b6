import { Failure } from '../core/failure.ts';

const VERSION_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;

/** What the environment deploys: an image tag, a release name. Throws InvalidConfiguration for anything else. */
export function parseVersion(text: string): string {
  if (VERSION_PATTERN.test(text)) return text;
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
  throw new Failure(
    'InvalidConfiguration',
    `${shown} is no version: expected 1 to 128 letters, digits and . _ + - and a letter or digit at the beginning`,
  );
}
