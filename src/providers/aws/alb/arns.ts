/**
 * What the ARNs of Elastic Load Balancing say by themselves:
 *   arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener/app/NAME/ID/LISTENER
 *   arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener-rule/app/NAME/ID/LISTENER/RULE
 *   arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID
 * `app` is an Application Load Balancer, `net` a Network Load Balancer.
 */
const PREFIX = 'arn:aws[\\w-]*:elasticloadbalancing:[\\w-]+:\\d{12}:';
const BALANCER = '(?:app|net)/[A-Za-z0-9-]+/[\\w]+';

export const LISTENER_ARN = new RegExp(`^${PREFIX}listener/${BALANCER}/\\w+$`);
export const RULE_ARN = new RegExp(`^${PREFIX}listener-rule/${BALANCER}/\\w+/\\w+$`);
export const TARGET_GROUP_ARN = new RegExp(`^${PREFIX}targetgroup/[A-Za-z0-9-]+/\\w+$`);
export const TARGET_GROUP_NAME = /^(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/;

export const regionOf = (arn: string): string => arn.split(':')[3]!;

const resourceOf = (arn: string): string => arn.split(':').slice(5).join(':');

/** `app/NAME/ID` of a listener or a rule: what CloudWatch calls the load balancer. */
export const balancerOf = (arn: string): string => resourceOf(arn).split('/').slice(1, 4).join('/');

export const isNetwork = (arn: string): boolean => balancerOf(arn).startsWith('net/');

export const balancerArnOf = (arn: string): string => `${arn.split(':').slice(0, 5).join(':')}:loadbalancer/${balancerOf(arn)}`;

export const listenerOfRule = (rule: string): string => rule.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');

/** `targetgroup/NAME/ID`: what CloudWatch calls the target group. */
export const groupDimension = (arn: string): string => resourceOf(arn);

/** For a sentence: `NAME/ID` of a target group, `app/NAME/ID/LISTENER` of a listener. Whatever is no ARN stays as it is. */
export const short = (arn: string): string => (arn.startsWith('arn:') ? resourceOf(arn).replace(/^[^/]+\//, '') : arn);
