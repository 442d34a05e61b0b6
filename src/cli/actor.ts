import { hostname, userInfo } from 'node:os';

/** Where CI systems say who started the job. */
const CI_VARIABLES = [
  'GITHUB_ACTOR',
  'GITLAB_USER_LOGIN',
  'BUILDKITE_BUILD_CREATOR',
  'CIRCLE_USERNAME',
  'BUILD_USER_ID',
  'BITBUCKET_STEP_TRIGGERER_UUID',
  'BUILD_REQUESTEDFOR',
  'TRAVIS_ACTOR',
  'DRONE_COMMIT_AUTHOR',
] as const;

/** Who makes a decision: `--by`, else the CI system's actor, else user@host. */
export function actor(by: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const named = [by, ...CI_VARIABLES.map((name) => env[name])].find((name) => name !== undefined && name.trim() !== '');
  return named?.trim() ?? `${user(env)}@${hostname()}`;
}

function user(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user need not have a name.
    return env.USER || `uid ${process.getuid?.() ?? '?'}`;
  }
}
