/** The kinds of values that keys of the service file have, for the file's own sections and for providers' options. */
import * as z from 'zod';

/** Stand-ins that let a URL with placeholders be checked as a URL. */
const PLACEHOLDER = /\$\{env:\w+\}|\{(?:version|color|service|port)\}/g;

/** Text with something in it. */
export const text = () => z.string().min(1);

/** What an entry of a list is called: in messages, in the status document. */
export const name = () => z.string().regex(/^\S(.{0,78}\S)?$/, { error: 'expected a name of 1 to 80 characters' });

/** An http(s) address; `${env:NAME}` and placeholders may stand anywhere in it. */
export const httpUrl = () =>
  z
    .string()
    .refine(isHttpUrl, { error: 'expected an address that starts with http:// or https://' })
    .meta({ pattern: '^(https?://|\\$\\{env:)' });

function isHttpUrl(value: string): boolean {
  if (/[\s\0]/.test(value)) return false;
  if (value.startsWith('${env:')) return true;
  return /^https?:\/\//.test(value) && URL.canParse(value.replace(PLACEHOLDER, '1'));
}

/** A path of an HTTP request, maybe with a query. */
export const urlPath = () => z.string().regex(/^\/\S*$/, { error: 'expected a path that starts with / and has no spaces' });

/** Names to texts; a number or true is taken for the text that it is written as, since every user writes `PORT: 8080`. */
export const textMap = () => z.record(z.string(), z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]));

/** HTTP headers. */
export const headers = () =>
  z.record(
    z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'expected the name of an HTTP header' }),
    z.union([
      z.string().regex(/^[^\r\n]*$/, { error: 'expected text of one line' }),
      z.number().transform(String),
      z.boolean().transform(String),
    ]),
  );

/** A whole number, `least` to `most`. */
export const count = (least: number, most: number) => z.int().min(least).max(most);
