/**
 * From the start of a cold `cutover rollback` to its ModifyListener request, side by side with `aws elbv2 modify-listener` (where
 * there is one) and a bare `node -e 0`, in one run; and how many requests a deployment makes. Against moto: AWS's own latency is
 * not in it.
 *
 *   npm run build && npm run bench:aws
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DescribeListenersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, expect, test } from 'vitest';
import { useAws } from '../test/aws/support/aws.ts';
import { describeAws } from '../test/aws/support/describeAws.ts';
import { awsEnvironment, type EcsShop, startShop } from '../test/e2e/support/ecsShop.ts';

const ROUNDS = 7;
const MODIFY = 'elasticloadbalancing:ModifyListener';
const run = promisify(execFile);

describeAws('bench', () => {
  const aws = useAws();

  let shop: EcsShop;
  afterEach(() => shop?.discard());

  test('rollback', async () => {
    shop = await startShop(aws, { retention: { duration: '1h', capacity: 'keep' } });
    const rollback: Figures = { request: [], whole: [] };
    const cli: Figures = { request: [], whole: [] };
    const node: number[] = [];
    let calls = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      aws.faults.calls = [];
      expect((await shop.service.cutover('deploy', `v${round + 1}`, '--wait')).code).toBe(0);
      await shop.service.untilStatus(({ steps }) => steps.at(-1)?.name === 'retain');
      calls = aws.faults.calls.length;
      await measured(rollback, async () => expect((await shop.service.cutover('rollback', '--no-wait')).code).toBe(0));
      await shop.service.untilStatus(({ phase }) => phase === 'ended');
      if (await hasCli()) await measured(cli, modifyByCli);
      const begun = performance.now();
      await run('node', ['-e', '0']);
      node.push(performance.now() - begun);
    }
    const bare = median(node);
    const line = (name: string, { request, whole }: Figures): string =>
      `${name}: ${median(request).toFixed(0)} ms to the request (${(median(request) / bare).toFixed(1)} x node -e 0), ${median(whole).toFixed(0)} ms the whole command`;
    console.log(
      [
        line('cutover rollback', rollback),
        ...(cli.whole.length > 0 ? [line('aws elbv2 modify-listener', cli)] : ['no aws command here']),
        `requests of one deployment: ${calls}`,
      ].join('\n'),
    );

    async function modifyByCli(): Promise<void> {
      const [listener] = (await aws.clients.elb.send(new DescribeListenersCommand({ ListenerArns: [shop.lb.listenerArn] }))).Listeners!;
      const group =
        listener!.DefaultActions![0]!.TargetGroupArn ?? listener!.DefaultActions![0]!.ForwardConfig!.TargetGroups![0]!.TargetGroupArn!;
      const args = [
        '--region',
        'eu-west-1',
        'elbv2',
        'modify-listener',
        '--listener-arn',
        shop.lb.listenerArn,
        '--default-actions',
        `Type=forward,TargetGroupArn=${group}`,
      ];
      await run('aws', args, { env: { ...process.env, ...awsEnvironment(aws.url()) } });
    }
  });

  interface Figures {
    request: number[];
    whole: number[];
  }

  /** From now to the request that changes the listener, and to the end. */
  async function measured(into: Figures, work: () => Promise<unknown>): Promise<void> {
    const known = aws.faults.calls.length;
    const [begun, at] = [performance.now(), Date.now()];
    await work();
    into.whole.push(performance.now() - begun);
    const modify = () => aws.faults.calls.slice(known).find(({ action }) => action === MODIFY);
    while (!modify()) await new Promise((resolve) => setTimeout(resolve, 5));
    into.request.push(modify()!.at - at);
  }
});

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const hasCli = (): Promise<boolean> =>
  run('aws', ['--version']).then(
    () => true,
    () => false,
  );
