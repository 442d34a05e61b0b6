import { Failure } from '../../core/failure.ts';

/** An address to ask: the credentials that may stand in it are sent as a header, which is the only way that fetch takes them. */
export interface Address {
  url: string;
  authorization: Record<string, string>;
  origin: string;
  path: string;
}

/** Throws InvalidConfiguration without quoting the address: it may hold a secret. */
export function parseAddress(text: string, option: string): Address {
  if (!URL.canParse(text)) throw new Failure('InvalidConfiguration', `${option} is not an address`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Failure('InvalidConfiguration', `${option} is neither http:// nor https://`);
  const { username, password, origin, pathname } = url;
  url.username = '';
  url.password = '';
  const token = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return { url: url.href, authorization: username === '' ? {} : { authorization: `Basic ${token}` }, origin, path: pathname };
}
