/** What a service file says of `router: { type: alb }`. */
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { count } from '../../../config/fields.ts';
import { awsAccess } from '../options.ts';
import { LISTENER_ARN, RULE_ARN, TARGET_GROUP_ARN, TARGET_GROUP_NAME } from './arns.ts';

/** What the environment of the worker fills in is checked when it is known. */
const laterKnown = (value: string): boolean => value.includes('${env:');

const arn = (pattern: RegExp, expected: string) =>
  z.string().refine((value) => laterKnown(value) || pattern.test(value), { error: `expected ${expected}` });

const listenerArn = arn(
  LISTENER_ARN,
  'the ARN of a listener of an application or network load balancer: arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/0123456789abcdef',
);

const ruleArn = arn(
  RULE_ARN,
  'the ARN of a listener rule: arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/0123456789abcdef/0123456789abcdef/0123456789abcdef',
);

const targetGroup = z.string().refine((value) => laterKnown(value) || TARGET_GROUP_ARN.test(value) || TARGET_GROUP_NAME.test(value), {
  error:
    'expected the name or the ARN of a target group: shop-blue, or arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-blue/0123456789abcdef',
});

export const albRouterOptions = z
  .strictObject({
    ...awsAccess,
    region: awsAccess.region.describe('The AWS region; else that of the listener.'),
    listener: listenerArn.describe(
      'The listener that users connect to, by its ARN; its default action is what is switched, unless there is a rule.',
    ),
    rule: ruleArn.optional().describe('Switches this rule of the listener (its ARN) and leaves the default action alone.'),
    targetGroups: z
      .strictObject({
        blue: targetGroup.describe('The target group of the color blue: its name or ARN.'),
        green: targetGroup.describe('The target group of the color green: its name or ARN.'),
      })
      .refine(({ blue, green }) => blue !== green, { error: 'blue and green need target groups of their own' })
      .describe('Which target group is which color.'),
    testListener: listenerArn
      .optional()
      .describe(
        'A listener (ARN) of the same load balancer that the idle color is tested through: it is pointed at the idle target group, whose health is checked so. Without it the idle group joins the production action with weight 0.',
      ),
    minHealthyTargets: count(1, 1000)
      .optional()
      .describe('How many healthy targets the idle color needs before users may come; else as many as the live color has, at least one.'),
    healthTimeout: duration.prefault('5m').describe('How long the targets of the idle color may take to become healthy.'),
  })
  .refine(({ listener, testListener }) => testListener !== listener, {
    path: ['testListener'],
    error: 'is the listener that users connect to: testing needs another one',
  });

export type AlbRouterOptions = z.infer<typeof albRouterOptions>;
