/** What a service file says of `router: { type: route53 }`. */
import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { text } from '../../../config/fields.ts';
import { COLORS } from '../../../core/plan.ts';
import { awsAccess } from '../options.ts';
import { sameTarget } from './target.ts';

const RECORD_TYPES = ['A', 'AAAA', 'CNAME'] as const;
/** What Route 53 takes: a signed 32-bit number of seconds. */
const LONGEST_TTL_SECONDS = 2 ** 31 - 1;

const PLACEHOLDER = /\$\{env:\w+\}|\{service\}/g;
const LABEL = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const HOST_NAME = new RegExp(`^((\\*|\\\\052|${LABEL})\\.)?(${LABEL}\\.)*${LABEL}\\.?$`);
const ZONE_ID = /^(\/?hostedzone\/)?[A-Za-z0-9]{1,32}$/;

const written = (value: string): string => value.replace(PLACEHOLDER, 'x');

const hostName = () => z.string().refine((value) => HOST_NAME.test(written(value)), { error: 'expected the name of a host' });
const zoneId = () =>
  z.string().refine((value) => ZONE_ID.test(written(value)), { error: 'expected the id of a hosted zone: Z0123456789ABC' });

const alias = z.strictObject({
  dnsName: hostName().describe('The DNS name of the load balancer (CloudFront distribution, …).'),
  hostedZoneId: zoneId().describe("The hosted zone of that load balancer, its CanonicalHostedZoneId: not the record's own."),
  evaluateTargetHealth: z
    .boolean()
    .optional()
    .describe('Whether Route 53 leaves a target out that is not healthy; as the record has it now where not given, else false.'),
});

const target = z
  .strictObject({
    alias: alias.optional().describe('An alias record: what it points to.'),
    values: z.array(text()).min(1).max(100).optional().describe('The addresses (one host name for a CNAME) that the record answers with.'),
  })
  .refine(({ alias, values }) => (alias === undefined) !== (values === undefined), { error: 'needs either alias or values' });

const isTtl = (ms: number): boolean => ms % 1000 === 0 && ms / 1000 <= LONGEST_TTL_SECONDS;

const ttl = z.union([
  duration.refine(isTtl, { error: `a TTL is a whole number of seconds, at most ${LONGEST_TTL_SECONDS}` }),
  z
    .int()
    .min(0)
    .max(LONGEST_TTL_SECONDS)
    .transform((seconds) => seconds * 1000),
]);

const byColor = <S extends z.ZodType>(schema: S) => z.strictObject({ blue: schema, green: schema });

export const route53Options = z
  .strictObject({
    ...awsAccess,
    hostedZoneId: zoneId().describe('The hosted zone of the record.'),
    record: hostName().describe('The name of the record, e.g. shop.example.com.'),
    recordType: z.enum(RECORD_TYPES).prefault('A').describe('The type of the record.'),
    ttl: ttl
      .prefault('60s')
      .describe('How long resolvers may keep an answer (60s, or 60): users follow a switch within it. An alias has the TTL of its target.'),
    targets: byColor(target).describe('What the record answers with for each color.'),
    setIdentifiers: byColor(text().max(128))
      .optional()
      .describe('Where the record set is weighted: which record of it is whose. Else they are found by what they point to.'),
  })
  .superRefine(({ recordType, targets, setIdentifiers }, context) => {
    for (const color of COLORS) {
      for (const [index, value] of (targets[color].values ?? []).entries()) {
        const message = wrongValue(recordType, value);
        if (message) context.addIssue({ code: 'custom', path: ['targets', color, 'values', index], message, input: value });
      }
      if (recordType === 'CNAME' && (targets[color].values?.length ?? 0) > 1)
        context.addIssue({ code: 'custom', path: ['targets', color, 'values'], message: 'a CNAME record has one value' });
    }
    if (sameTarget(targets.blue, targets.green))
      context.addIssue({
        code: 'custom',
        path: ['targets', 'green'],
        message: 'the same target as blue: the colors could not be told apart',
      });
    if (setIdentifiers && setIdentifiers.blue === setIdentifiers.green)
      context.addIssue({ code: 'custom', path: ['setIdentifiers', 'green'], message: 'the same identifier as blue' });
  });

/** As parsed: `ttl` in milliseconds. */
export type Route53Options = z.infer<typeof route53Options>;

function wrongValue(recordType: (typeof RECORD_TYPES)[number], value: string): string | null {
  if (value.includes('${env:')) return null;
  if (recordType === 'A') return isIPv4(value) ? null : 'expected an IPv4 address';
  if (recordType === 'AAAA') return isIPv6(value) && !value.includes('%') ? null : 'expected an IPv6 address';
  return HOST_NAME.test(written(value)) ? null : 'expected the name of a host';
}

/** An alias answers with the TTL of what it points to: 60 s for load balancers. */
const ALIAS_TTL_MS = 60_000;

/** How long the answer that a switch replaces may be kept by resolvers. */
export const longestTtlMs = ({ ttl, targets }: Route53Options): number =>
  Math.max(...COLORS.map((color) => (targets[color].alias ? ALIAS_TTL_MS : ttl)));
