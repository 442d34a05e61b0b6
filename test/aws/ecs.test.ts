import { expect, test } from 'vitest';
import { providersOf } from '../../src/activities/providers.ts';
import { buildPlan } from '../../src/plan/build.ts';
import { load } from '../config/writeFile.ts';
import { environmentContract } from '../contract/environmentContract.ts';
import { call } from '../providers/support.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { breakVersions, environmentOf, makeEcs, REPOSITORY, setDesired } from './support/ecsServices.ts';

const want = { version: 'v1', capacity: 2, deploymentId: 'd1' };
const READS = /^(ecs|application-autoscaling):(Describe|List)/;

describeAws('ecs', () => {
  const aws = useAws();

  environmentContract('ecs', async () => {
    const { environment, services } = await makeEcs(aws);
    breakVersions(aws);
    return {
      environment,
      versions: { good: 'v1', other: 'v2', bad: 'broken' },
      startsOnBlue: async () =>
        aws.faults.callsOf('ecs:UpdateService').filter(({ params }) => params.service === services.blue && params.taskDefinition).length,
      close: async () => {},
    };
  });

  test('a deployment makes a revision that differs from the one before in the image alone', async () => {
    const world = await makeEcs(aws);
    const before = await world.definitionOf('green');
    await world.environment.ensure(call, 'green', want);
    const after = await world.definitionOf('green');
    const [web, envoy] = before.taskDefinition.containerDefinitions as object[];
    expect(after).toEqual({
      taskDefinition: {
        ...before.taskDefinition,
        containerDefinitions: [{ ...web, image: `${REPOSITORY}:v1` }, envoy],
        revision: 2,
        taskDefinitionArn: expect.stringMatching(/shop-green:2$/),
      },
      tags: [...before.tags, { key: 'cutover:deployment', value: 'd1' }],
    });
  });

  test('the environment variables that were asked for are set, the others and their order stay', async () => {
    const world = await makeEcs(aws, { options: { env: { VERSION: '{version}', COLOR: '{color}' } } });
    await world.environment.ensure(call, 'green', want);
    const [web] = (await world.definitionOf('green')).taskDefinition.containerDefinitions as { environment: object[] }[];
    expect(web!.environment).toEqual([
      { name: 'VERSION', value: 'v1' },
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'COLOR', value: 'green' },
    ]);
  });

  test('a deployment writes twice: one revision, and one update of the idle service that names nothing but revision and count', async () => {
    const world = await makeEcs(aws);
    const blue = await world.service('blue');
    await world.environment.ensure(call, 'green', want);
    const writes = aws.faults.calls.filter(({ action }) => !READS.test(action));
    expect(writes.map(({ action }) => action)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService']);
    expect(writes[1]!.params).toEqual({
      cluster: expect.stringMatching(/:cluster\/prod$/),
      service: world.services.green,
      taskDefinition: expect.stringMatching(/shop-green:2$/),
      desiredCount: 2,
    });
    expect(await world.service('blue')).toEqual(blue);
  });

  test('what AWS alone says of a revision is left out of the next one, and what moto does not know is copied', async () => {
    const { environment } = await makeEcs(aws);
    const alone = {
      registeredAt: 1_700_000_000,
      registeredBy: 'arn:aws:iam::123456789012:root',
      compatibilities: ['EC2'],
      requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.task-eni' }],
    };
    aws.faults.rewrite('ecs:DescribeTaskDefinition', (body) => {
      const answer = JSON.parse(body);
      return JSON.stringify({
        ...answer,
        taskDefinition: { ...answer.taskDefinition, ...alone, enableFaultInjection: true, ipcMode: 'task' },
      });
    });
    await environment.ensure(call, 'green', want).catch(() => {});
    const { params } = aws.faults.callsOf('ecs:RegisterTaskDefinition')[0]!;
    expect(params).toMatchObject({ family: 'shop-green', enableFaultInjection: true, ipcMode: 'task' });
    for (const key of [...Object.keys(alone), 'taskDefinitionArn', 'revision', 'status']) expect(params).not.toHaveProperty(key);
  });

  test('the mark of the deployment before is replaced, and the tags of the user stay', async () => {
    const world = await makeEcs(aws);
    await world.environment.ensure(call, 'green', want);
    await world.environment.ensure(call, 'green', { ...want, deploymentId: 'd2' });
    expect((await world.definitionOf('green')).tags).toEqual([
      { key: 'team', value: 'shop' },
      { key: 'cutover:deployment', value: 'd2' },
    ]);
  });

  test("AWS's own tags are not copied: nobody may give them", async () => {
    const world = await makeEcs(aws);
    aws.faults.rewrite('ecs:DescribeTaskDefinition', (body) => {
      const answer = JSON.parse(body);
      return JSON.stringify({ ...answer, tags: [...answer.tags, { key: 'aws:cloudformation:stack-name', value: 'shop' }] });
    });
    await world.environment.ensure(call, 'green', want);
    expect(aws.faults.callsOf('ecs:RegisterTaskDefinition')[0]!.params.tags).toEqual([
      { key: 'team', value: 'shop' },
      { key: 'cutover:deployment', value: 'd1' },
    ]);
  });

  test('the version is read from the image that runs, although the options name the version to deploy', async () => {
    const world = await makeEcs(aws);
    await world.environment.ensure(call, 'green', want);
    const written = { image: `${REPOSITORY}:{version}` };
    const environment = await environmentOf({}, { written });
    expect(await environment.describe(call, 'green')).toMatchObject({ version: 'v1', capacity: 2, ready: 2 });
  });

  test('a worker tells the version that runs from the version that its plan deploys', async () => {
    const world = await makeEcs(aws);
    await world.environment.ensure(call, 'green', want);
    const text = [
      'service: shop',
      'router: { type: local, listen: 127.0.0.1:8080 }',
      'environment:',
      '  { type: ecs, cluster: prod, services: { blue: "{service}-blue", green: "{service}-green" }, container: web,',
      `    image: "${REPOSITORY}:{version}", env: { VERSION: "{version}" } }`,
    ].join('\n');
    const { config } = await load(text);
    const environment = await providersOf(buildPlan(config, { version: 'v2', folder: '/' })).environment();
    expect(await environment.describe(call, 'green')).toMatchObject({ version: 'v1', ready: 2 });
  });

  test('a service that runs an image of another kind is not empty: its version is what identity says', async () => {
    const { environment, services } = await makeEcs(aws, { options: { image: 'elsewhere/shop:{version}' } });
    await setDesired(aws, services.blue, 3);
    expect(await environment.describe(call, 'blue')).toEqual({ version: null, capacity: 3, ready: 3, detail: null });
  });

  test('services and cluster may be named by their ARNs', async () => {
    const { services, service } = await makeEcs(aws);
    const { clusterArn } = await service('blue');
    const environment = await environmentOf({ cluster: clusterArn, services });
    expect(await environment.ensure(call, 'green', want)).toMatchObject({ version: 'v1', ready: 2 });
  });

  test('less capacity is asked for and not waited for; the revision stays', async () => {
    const { environment, service } = await makeEcs(aws);
    await environment.ensure(call, 'green', want);
    const { taskDefinition } = await service('green');
    await environment.scale(call, 'green', 1);
    expect(await service('green')).toMatchObject({ desiredCount: 1, taskDefinition });
    await environment.scale(call, 'green', 2);
    expect(await environment.describe(call, 'green')).toMatchObject({ version: 'v1', capacity: 2, ready: 2 });
    expect(aws.faults.callsOf('ecs:RegisterTaskDefinition')).toHaveLength(1);
  });

  test('a service that was deleted has nothing to remove; one that is asked for is named, with its cluster', async () => {
    await makeEcs(aws);
    const environment = await environmentOf({ services: { blue: 'shop-blue', green: 'shop-grün' } });
    await environment.remove(call, 'green');
    const failure = await environment.describe(call, 'green').catch((error) => error);
    expect(failure).toMatchObject({ type: 'NotFound' });
    expect(failure.message).toContain('ecs:DescribeServices found no service shop-grün in cluster prod');
  });

  test('a container that the task definition does not have is named, and nothing is registered', async () => {
    const { environment } = await makeEcs(aws, { options: { container: 'app' } });
    const failure = await environment.ensure(call, 'green', want).catch((error) => error);
    expect(failure).toMatchObject({ type: 'NotFound' });
    expect(failure.message).toMatch(/task-definition\/shop-green:1 has no container "app" \(it has: web, envoy\)/);
    expect(aws.faults.callsOf('ecs:RegisterTaskDefinition')).toEqual([]);
  });

  test('an image without {version}, or one service for both colors, is no service file', async () => {
    await expect(async () => environmentOf({ image: `${REPOSITORY}:latest` })).rejects.toThrow(/\{version\}/);
    await expect(async () => environmentOf({ services: { blue: 'shop', green: 'shop' } })).rejects.toThrow(/services of their own/);
  });
});
