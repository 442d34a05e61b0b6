import type { StatusDocument } from '../../contract.ts';
import { StoryError } from '../errors.ts';
import type { Row } from '../summary.ts';
import type { Tally } from '../tally.ts';
import { BAD, chapter, deploy, requireNoFailures, type Stage, showServiceFile } from '../telling.ts';
import { RATE, Users } from '../users.ts';
import type { Cloud } from './cloud.ts';
import { runCutover } from './command.ts';

export interface AwsStage extends Stage {
  /** host:port of the Temporal server. */
  address: string;
  cloud: Cloud;
}

const isRetained = ({ steps }: StatusDocument): boolean => steps.at(-1)?.name === 'retain';

/** Three releases, two ways back, and what users saw of them. Throws StoryError where it goes another way. */
export async function tellAwsStory(stage: AwsStage): Promise<{ tally: Tally; more: Row[] }> {
  const users = new Users(stage.front, BAD);
  await showServiceFile(stage);
  try {
    stage.screen.say(`   users arrive: ${RATE} requests a second, event streams and WebSockets, until the end of the story`);
    users.arrive();
    const asked = await goodRelease(stage, users.tally);
    await badRelease(stage, users.tally);
    const ms = await takenBack(stage, users.tally);
    const more: Row[] = [
      [
        'requests to AWS for v2',
        String(asked),
        'from `cutover deploy` until v1 is retained, all samples included; two of them change something',
      ],
      ['rollback to listener', `${ms} ms`, 'from the start of the command `cutover rollback` to the answered ModifyListener'],
    ];
    users.close();
    await stage.screen.during(() => 'the last users are leaving', users.gone());
    requireNoFailures(users.tally);
    return { tally: users.tally, more };
  } finally {
    users.close();
  }
}

/** Resolves to the number of requests that it took. */
async function goodRelease(stage: AwsStage, tally: Tally): Promise<number> {
  chapter(stage, '1. v2 replaces v1, which ran before cutover was there, and users notice nothing', 'cutover deploy v2 --wait');
  const since = stage.cloud.requests.length;
  const deployment = await deploy(stage, 'v2', 'succeeded', tally);
  await deployment.until(isRetained);
  await requireForward(stage, 'shop-blue 0, shop-green 1');
  requireNoFailures(tally);
  stage.screen.say('   v2 is live, without one failed request. v1 stays up on blue, at weight 0: going back would take an instant.');
  tellRequests(stage, since);
  return stage.cloud.requests.length - since;
}

async function badRelease(stage: AwsStage, tally: Tally): Promise<void> {
  chapter(stage, '2. v3 is bad: it leaks a database connection per page, which smoke tests do not notice', 'cutover deploy v3 --wait');
  const since = stage.cloud.requests.length;
  const deployment = await deploy(stage, BAD, 'rolled-back', tally);
  await deployment.until(({ phase }) => phase === 'ended');
  await requireForward(stage, 'shop-green alone');
  requireNoFailures(tally);
  if (tally.bad.count === 0) throw new StoryError(`no user ever saw ${BAD} fail: it was rolled back for another reason`);
  stage.screen.say(`   v2 is live again. ${BAD} gave bad answers for ${((tally.bad.lastAt - tally.bad.firstAt) / 1_000).toFixed(1)} s.`);
  tellRequests(stage, since);
}

/** Resolves to the time (ms) from the command to the changed listener. */
async function takenBack(stage: AwsStage, tally: Tally): Promise<number> {
  chapter(stage, '3. v4 goes live on blue, and somebody does not like its prices', 'cutover deploy v4 --wait');
  const deployment = await deploy(stage, 'v4', 'succeeded', tally);
  await deployment.until(isRetained);
  await requireForward(stage, 'shop-green 0, shop-blue 1');
  chapter(stage, '4. A person goes back while v2 is retained', 'cutover rollback');
  deployment.expect('rolled-back');
  const since = stage.cloud.requests.length;
  const startedAt = Date.now();
  const [said, undone] = await Promise.all([
    stage.screen.during(() => 'cutover rollback', runCutover('rollback', ['-f', stage.file, '--address', stage.address], stage.signal)),
    deployment.until(({ phase }) => phase === 'ended'),
  ]);
  if (undone.outcome !== 'rolled-back') throw new StoryError(`the outcome of v4 is ${undone.outcome}, not rolled-back`);
  const switched = stage.cloud.requests.slice(since).find(({ operation }) => operation === 'ModifyListener');
  if (switched === undefined) throw new StoryError(`the rollback changed no listener: ${said}`);
  await requireForward(stage, 'shop-green alone');
  requireNoFailures(tally);
  stage.screen.say(`   users were on v2 again ${switched.at - startedAt} ms after the command had been started.`);
  tellRequests(stage, since);
  return switched.at - startedAt;
}

async function requireForward({ cloud }: AwsStage, expected: string): Promise<void> {
  const found = await cloud.forwardsTo();
  if (found !== expected) throw new StoryError(`the listener was to forward to ${expected}, and forwards to ${found}`);
}

function tellRequests({ screen, cloud }: AwsStage, since: number): void {
  const counts = new Map<string, number>();
  for (const { operation } of cloud.requests.slice(since)) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  const listed = [...counts].sort(([, a], [, b]) => b - a).map(([operation, count]) => `${operation} ${count}`);
  screen.say(screen.style.dim(`   asked of AWS: ${listed.join(', ')}`));
}
