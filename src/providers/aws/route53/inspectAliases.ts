/** An alias names a target and the hosted zone that the target is in: the second is easily the wrong one. */
import { COLORS, type Color } from '../../../core/plan.ts';
import type { Finding } from '../../types.ts';
import { canonicalName, shownName, zoneIdOf } from './names.ts';
import type { Route53Options } from './options.ts';

/** The same for every distribution. */
const CLOUDFRONT_ZONE = 'Z2FDTNDATAQYW2';

/** `zoneName` null: it could not be read. */
export const inspectAliases = (zoneName: string | null, options: Route53Options): Finding[] =>
  COLORS.flatMap((color) => wrongZone(color, zoneName, options) ?? []);

function wrongZone(color: Color, zoneName: string | null, { hostedZoneId, targets }: Route53Options): Finding | null {
  const { alias } = targets[color];
  if (!alias) return null;
  const name = canonicalName(alias.dnsName);
  const given = zoneIdOf(alias.hostedZoneId);
  const own = zoneIdOf(hostedZoneId);
  const finding = (why: string, cure: string): Finding => ({
    severity: 'error',
    message: `the alias target of ${color}, ${shownName(name)}, is not in hosted zone ${given}: ${why}`,
    cure: `${cure} in router.targets.${color}.alias.hostedZoneId`,
  });
  if (name.endsWith('.cloudfront.net.') && given !== CLOUDFRONT_ZONE)
    return finding(`all of CloudFront is in ${CLOUDFRONT_ZONE}`, `write ${CLOUDFRONT_ZONE}`);
  if (name.endsWith('.amazonaws.com.') && given === own)
    return finding(
      "that is the record's own zone, and a load balancer is in one of AWS's",
      "write the load balancer's CanonicalHostedZoneId",
    );
  const isInside = zoneName !== null && (name === zoneName || name.endsWith(`.${zoneName}`));
  if (isInside && given !== own) return finding("it is in the record's own zone", `write ${own}`);
  return null;
}
