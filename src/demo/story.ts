import { StoryError } from './errors.ts';
import type { Tally } from './tally.ts';
import { BAD, chapter, deploy, requireNoFailures, type Stage, showServiceFile } from './telling.ts';
import { RATE, Users } from './users.ts';

/** Three releases, and what users saw of them. Throws StoryError where it goes another way. */
export async function tellStory(stage: Stage): Promise<Tally> {
  const users = new Users(stage.front, BAD);
  await showServiceFile(stage);
  try {
    await firstRelease(stage, users);
    await goodRelease(stage, users.tally);
    await badRelease(stage, users.tally);
  } finally {
    users.close();
  }
  await stage.screen.during(() => 'the last users are leaving', users.gone());
  requireNoFailures(users.tally);
  return users.tally;
}

async function firstRelease(stage: Stage, users: Users): Promise<void> {
  chapter(stage, '1. v1 goes live on blue', 'cutover deploy v1 --wait');
  const deployment = await deploy(stage, 'v1', 'succeeded', users.tally);
  await deployment.until(({ phase, outcome }) => phase === 'monitoring' || outcome !== null);
  stage.screen.say(`   users arrive: ${RATE} requests a second, event streams and WebSockets, until the end of the story`);
  users.arrive();
  await deployment.until(({ outcome }) => outcome !== null);
  requireNoFailures(users.tally);
}

async function goodRelease(stage: Stage, tally: Tally): Promise<void> {
  chapter(stage, '2. v2 replaces it, and users notice nothing', 'cutover deploy v2 --wait');
  const deployment = await deploy(stage, 'v2', 'succeeded', tally);
  const { color, previousColor, liveColor } = await deployment.until(({ steps }) => steps.some(({ name }) => name === 'retain'));
  if (liveColor !== color) throw new StoryError(`v2 is on ${color}, and users are on ${liveColor}`);
  requireNoFailures(tally);
  stage.screen.say(`   v2 is live, without one failed request. v1 stays up on ${previousColor}: going back would take an instant.`);
}

async function badRelease(stage: Stage, tally: Tally): Promise<void> {
  chapter(stage, '3. v3 is bad: it leaks a database connection per page, which smoke tests do not notice', 'cutover deploy v3 --wait');
  const deployment = await deploy(stage, BAD, 'rolled-back', tally);
  const { phase, color, liveColor } = await deployment.until((status) => status.phase === 'ended');
  if (phase !== 'ended' || liveColor === color) throw new StoryError(`${BAD} was to be rolled back, and users are on ${liveColor}`);
  requireNoFailures(tally);
  if (tally.bad.count === 0) throw new StoryError(`no user ever saw ${BAD} fail: it was rolled back for another reason`);
  stage.screen.say(`   v2 is live again. ${BAD} gave bad answers for ${((tally.bad.lastAt - tally.bad.firstAt) / 1_000).toFixed(1)} s.`);
}
