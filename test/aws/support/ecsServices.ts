/** Two ECS services as users have them, made at moto: a cluster, a task definition each, and nothing that runs. */
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { Color } from '../../../src/core/plan.ts';
import { ecsEnvironment } from '../../../src/providers/environments/ecs.ts';
import type { Environment, ProviderContext } from '../../../src/providers/types.ts';
import type { Aws } from './aws.ts';

export const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop';

/** With something of everything that a copy could lose. */
const definition = (family: string): RegisterTaskDefinitionCommandInput => ({
  family,
  taskRoleArn: 'arn:aws:iam::123456789012:role/shop',
  executionRoleArn: 'arn:aws:iam::123456789012:role/shop-execution',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '512',
  memory: '1024',
  ephemeralStorage: { sizeInGiB: 42 },
  runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
  pidMode: 'task',
  volumes: [{ name: 'cache', efsVolumeConfiguration: { fileSystemId: 'fs-1', transitEncryption: 'ENABLED' } }],
  placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }],
  proxyConfiguration: { type: 'APPMESH', containerName: 'envoy', properties: [{ name: 'ProxyIngressPort', value: '15000' }] },
  containerDefinitions: [
    {
      name: 'web',
      image: `${REPOSITORY}:v0`,
      cpu: 256,
      memory: 512,
      essential: true,
      portMappings: [{ containerPort: 8080, protocol: 'tcp', name: 'http', appProtocol: 'http' }],
      environment: [
        { name: 'VERSION', value: 'v0' },
        { name: 'LOG_LEVEL', value: 'info' },
      ],
      secrets: [{ name: 'DB_PASSWORD', valueFrom: 'arn:aws:ssm:eu-west-1:123456789012:parameter/db' }],
      mountPoints: [{ sourceVolume: 'cache', containerPath: '/cache', readOnly: true }],
      dependsOn: [{ containerName: 'envoy', condition: 'HEALTHY' }],
      healthCheck: { command: ['CMD-SHELL', 'curl -f localhost:8080/ready'], interval: 5 },
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'shop' } },
      stopTimeout: 60,
      ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 2048 }],
    },
    { name: 'envoy', image: 'public.ecr.aws/appmesh/envoy:v1', cpu: 64, memory: 128, essential: false },
  ],
  tags: [{ key: 'team', value: 'shop' }],
});

export interface EcsWorld {
  environment: Environment;
  /** ARNs. */
  services: { blue: string; green: string };
  service(color: Color): Promise<Service>;
  /** The task definition that a service is meant to run, as AWS describes it. */
  definitionOf(color: Color): Promise<{ taskDefinition: Record<string, unknown>; tags: unknown[] }>;
}

interface Wanted {
  options?: Record<string, unknown>;
  context?: Partial<ProviderContext>;
  service?: (color: Color) => Partial<CreateServiceCommandInput>;
}

export async function makeEcs(aws: Aws, { options = {}, context = {}, service = () => ({}) }: Wanted = {}): Promise<EcsWorld> {
  const { ecs } = aws.clients;
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
  const make = async (color: Color): Promise<string> => {
    await ecs.send(new RegisterTaskDefinitionCommand(definition(`shop-${color}`)));
    const wanted = { cluster: 'prod', serviceName: `shop-${color}`, taskDefinition: `shop-${color}`, desiredCount: 0, ...service(color) };
    return (await ecs.send(new CreateServiceCommand(wanted))).service!.serviceArn!;
  };
  const services = { blue: await make('blue'), green: await make('green') };
  const describe = async (color: Color) =>
    (await ecs.send(new DescribeServicesCommand({ cluster: 'prod', services: [services[color]] }))).services![0]!;
  return {
    environment: await environmentOf(options, context),
    services,
    service: describe,
    definitionOf: async (color) => {
      const { taskDefinition } = await describe(color);
      const { taskDefinition: found, tags = [] } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
      return { taskDefinition: { ...found }, tags };
    },
  };
}

export function environmentOf(options: Record<string, unknown> = {}, context: Partial<ProviderContext> = {}): Promise<Environment> {
  const parsed = ecsEnvironment.options.parse({
    cluster: 'prod',
    services: { blue: 'shop-blue', green: 'shop-green' },
    container: 'web',
    image: `${REPOSITORY}:{version}`,
    timeout: '1500ms',
    ...options,
  });
  return ecsEnvironment.create(parsed, {
    service: 'shop',
    folder: '/',
    stateDir: '/',
    endpoints: { blue: null, green: null, preview: null },
    ...context,
  });
}

/** Somebody else sets a service's desired count. */
export async function setDesired(aws: Aws, service: string, desiredCount: number): Promise<void> {
  await aws.clients.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service, desiredCount }));
}

// biome-ignore lint/suspicious/noExplicitAny: the JSON of DescribeServices, changed as a test needs it
export type ServiceJson = Record<string, any>;

/** DescribeServices says of each service what `change` makes of it. */
export function rewriteServices(aws: Aws, change: (service: ServiceJson) => ServiceJson): void {
  aws.faults.rewrite('ecs:DescribeServices', (body) => {
    const answer = JSON.parse(body);
    return JSON.stringify({ ...answer, services: answer.services.map(change) });
  });
}

const BROKEN = 'broken';
const REASON = 'CannotPullContainerError: not found';

/**
 * As AWS, where moto starts all: tasks of a version called `broken` never run. `deployment` is what DescribeServices says of its
 * deployment besides.
 */
export function breakVersions(
  aws: Aws,
  deployment: (taskDefinition: string) => ServiceJson = () => ({ rolloutState: 'IN_PROGRESS' }),
): void {
  const broken = new Set<string>();
  aws.faults.rewrite('ecs:RegisterTaskDefinition', (body, { params }) => {
    if (JSON.stringify(params).includes(`:${BROKEN}"`)) broken.add(JSON.parse(body).taskDefinition.taskDefinitionArn);
    return body;
  });
  rewriteServices(aws, (service) => {
    const { taskDefinition, desiredCount } = service;
    if (!broken.has(taskDefinition) || desiredCount === 0) return service;
    const primary = { id: 'ecs-svc/2', status: 'PRIMARY', taskDefinition, desiredCount, runningCount: 0, pendingCount: desiredCount };
    return {
      ...service,
      runningCount: 0,
      pendingCount: desiredCount,
      deployments: [{ ...primary, createdAt: Date.now() / 1000, ...deployment(taskDefinition) }],
      events: [{ id: 'e1', createdAt: Date.now() / 1000, message: `(service shop) was unable to start a task. ${REASON}` }],
    };
  });
}
