/** Names as Route 53 compares them: it answers in lower case, with a trailing dot and with \052 for a wildcard's *. */

/** `*.Shop.example.com` and `\052.shop.example.com.` are both `*.shop.example.com.` */
export function canonicalName(name: string): string {
  const plain = name.toLowerCase().replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return plain.endsWith('.') ? plain : `${plain}.`;
}

/** For people: no trailing dot. */
export const shownName = (name: string): string => canonicalName(name).replace(/\.$/, '');

/** `/hostedzone/Z123` and `Z123` are the same zone. */
export const zoneIdOf = (id: string): string => id.replace(/^\/?hostedzone\//, '');

/** A load balancer answers under its name and under `dualstack.` and its name: the console writes the latter. */
export const canonicalAlias = (dnsName: string): string => canonicalName(dnsName).replace(/^dualstack\./, '');
