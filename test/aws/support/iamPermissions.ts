/**
 * Which rights AWS asks for before it carries out a request, by its Service Authorization Reference
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/): the operation itself, on its resources, and what it does
 * in the caller's name. An operation that is missing here has no resources: policies name it with `*`. Two more are left out,
 * because a narrower right does not work everywhere: DescribeAlarms tells composite alarms only to those who may read all, and
 * RegisterTaskDefinition has resources by the reference, but not in every account (aws/containers-roadmap#929).
 */
import type { RecordedCall } from './faultProxy.ts';
import type { Permission } from './iamPolicy.ts';

export const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

type Params = RecordedCall['params'];

const arn = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const arnOr = (given: string, service: string, resource: string): string =>
  given.startsWith('arn:') ? given : arn(service, `${resource}${given}`);
const family = ({ family }: Params): string => arn('ecs', `task-definition/${family}:*`);
const on = (resources: string[], context: Permission['context'] = {}) => resources.map((resource) => ({ resource, context }));

/** Operations that AWS lets a policy allow on some resources only. */
export const SCOPED: Record<string, (params: Params) => Omit<Permission, 'action'>[]> = {
  'elasticloadbalancing:ModifyListener': ({ ListenerArn }) => on([ListenerArn]),
  'elasticloadbalancing:ModifyRule': ({ RuleArn }) => on([RuleArn]),
  'ecs:DescribeServices': ({ services, cluster }) => on(services.map((name: string) => arnOr(name, 'ecs', `service/${nameIn(cluster)}/`))),
  'ecs:UpdateService': ({ service, cluster }) => on([arnOr(service, 'ecs', `service/${nameIn(cluster)}/`)]),
  'ecs:RegisterTaskDefinition': (params) => on([family(params)]),
  'ecs:DescribeTasks': ({ tasks, cluster }) => on(tasks.map((id: string) => arnOr(id, 'ecs', `task/${nameIn(cluster)}/`))),
  // Its resources are container instances, of which Fargate has none: the cluster is what a policy can name.
  'ecs:ListTasks': ({ cluster }) => on(['*'], { 'ecs:cluster': [arnOr(cluster, 'ecs', 'cluster/')] }),
  'route53:GetHostedZone': ({ HostedZoneId }) => on([zone(HostedZoneId)]),
  'route53:ListResourceRecordSets': ({ HostedZoneId }) => on([zone(HostedZoneId)]),
  'route53:ChangeResourceRecordSets': ({ HostedZoneId, ChangeBatch: { Changes } }) =>
    on([zone(HostedZoneId)], {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': Changes.map((change: Params) => normal(change.ResourceRecordSet.Name)),
      'route53:ChangeResourceRecordSetsActions': Changes.map((change: Params) => change.Action),
    }),
  'route53:GetChange': ({ Id }) => on([`arn:aws:route53:::change/${Id}`]),
  'autoscaling:UpdateAutoScalingGroup': ({ AutoScalingGroupName }) => on([group(AutoScalingGroupName)]),
  'autoscaling:StartInstanceRefresh': ({ AutoScalingGroupName }) => on([group(AutoScalingGroupName)]),
  'autoscaling:CreateOrUpdateTags': ({ Tags }) => on(Tags.map((tag: Params) => group(tag.ResourceId))),
  'autoscaling:DeleteTags': ({ Tags }) => on(Tags.map((tag: Params) => group(tag.ResourceId))),
  'ec2:CreateLaunchTemplateVersion': ({ LaunchTemplateId }) => on([arn('ec2', `launch-template/${LaunchTemplateId}`)]),
  'ssm:GetParameter': ({ Name }) => on([arn('ssm', `parameter/${Name.replace(/^\//, '')}`)]),
  'sts:AssumeRole': ({ RoleArn }) => on([RoleArn]),
};

const nameIn = (nameOrArn: string): string => nameOrArn.split('/').at(-1)!;
const group = (name: string): string => arn('autoscaling', `autoScalingGroup:its-id:autoScalingGroupName/${name}`);
const zone = (id: string): string => `arn:aws:route53:::hostedzone/${id}`;
/** Lower case, without the last dot. */
const normal = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** What AWS does in the caller's name, and asks the caller's rights for. */
const IMPLIED: Record<string, (params: Params) => Permission[]> = {
  'ecs:RegisterTaskDefinition': (params) => [
    ...[params.taskRoleArn, params.executionRoleArn].flatMap((role) =>
      role ? { action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } } : [],
    ),
    ...(params.tags?.length > 0
      ? [{ action: 'ecs:TagResource', resource: family(params), context: { 'ecs:CreateAction': ['RegisterTaskDefinition'] } }]
      : []),
  ],
  'autoscaling:UpdateAutoScalingGroup': (params) => launching(params),
  'autoscaling:StartInstanceRefresh': (params) => launching(params),
};

/** Of a launch template with an instance profile (of this role) and tags, as tests make them. */
export const INSTANCE_ROLE = 'shop-instance';

/** A group that is given a launch template may only launch what its caller may. */
function launching(params: Params): Permission[] {
  const { LaunchTemplate, MixedInstancesPolicy } = params.DesiredConfiguration ?? params;
  const { LaunchTemplateId } = LaunchTemplate ?? MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? {};
  if (!LaunchTemplateId) return [];
  const template = { 'ec2:LaunchTemplate': [arn('ec2', `launch-template/${LaunchTemplateId}`)] };
  const tagging = { 'ec2:CreateAction': ['RunInstances'] };
  return [
    { action: 'ec2:RunInstances', resource: '*', context: template },
    { action: 'ec2:CreateTags', resource: arn('ec2', 'instance/i-1'), context: tagging },
    { action: 'ec2:CreateTags', resource: arn('ec2', 'volume/vol-1'), context: tagging },
    {
      action: 'iam:PassRole',
      resource: `arn:aws:iam::${ACCOUNT}:role/${INSTANCE_ROLE}`,
      context: { 'iam:PassedToService': ['ec2.amazonaws.com'] },
    },
  ];
}

export function permissionsOf({ action, params }: RecordedCall): Permission[] {
  const own = SCOPED[action]?.(params) ?? on(['*']);
  return [...own.map((one) => ({ action, ...one })), ...(IMPLIED[action]?.(params) ?? [])];
}
