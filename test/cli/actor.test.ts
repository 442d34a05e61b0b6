import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { actor } from '../../src/cli/actor.ts';

test('a decision is made by whom --by names, whatever the CI system says', () => {
  expect(actor('ana', { GITHUB_ACTOR: 'robot' })).toBe('ana');
});

test.each([
  'GITHUB_ACTOR',
  'GITLAB_USER_LOGIN',
  'BUILDKITE_BUILD_CREATOR',
  'CIRCLE_USERNAME',
  'BUILD_USER_ID',
  'BITBUCKET_STEP_TRIGGERER_UUID',
])("in CI a decision is made by the system's own actor: %s", (name) => {
  expect(actor(undefined, { [name]: 'robot' })).toBe('robot');
});

test('anywhere else it is made by user@host', () => {
  expect(actor(undefined, {})).toMatch(new RegExp(`^.+@${hostname()}$`));
});
