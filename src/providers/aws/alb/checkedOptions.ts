/** Options whose parts came from the worker's environment have not been checked yet: here they are all known. */
import { Failure } from '../../../core/failure.ts';
import { LISTENER_ARN, RULE_ARN, regionOf, TARGET_GROUP_ARN, TARGET_GROUP_NAME } from './arns.ts';
import type { AlbRouterOptions } from './options.ts';

/** The same, with a region. Throws InvalidConfiguration. */
export function checkedOptions(options: AlbRouterOptions): AlbRouterOptions & { region: string } {
  const { listener, rule, testListener, targetGroups } = options;
  expect('listener', listener, LISTENER_ARN.test(listener), 'the ARN of a listener');
  if (rule !== undefined) expect('rule', rule, RULE_ARN.test(rule), 'the ARN of a listener rule');
  if (testListener !== undefined) {
    expect('testListener', testListener, LISTENER_ARN.test(testListener), 'the ARN of a listener');
    expect('testListener', testListener, testListener !== listener, 'another listener than the one that users connect to');
  }
  for (const color of ['blue', 'green'] as const) {
    const group = targetGroups[color];
    expect(
      `targetGroups.${color}`,
      group,
      TARGET_GROUP_ARN.test(group) || TARGET_GROUP_NAME.test(group),
      'the name or ARN of a target group',
    );
  }
  expect('targetGroups.green', targetGroups.green, targetGroups.green !== targetGroups.blue, 'another target group than that of blue');
  const region = regionOf(listener);
  expect('region', options.region ?? region, (options.region ?? region) === region, `${region}, the region of the listener ${listener}`);
  return { ...options, region };
}

function expect(key: string, value: string, holds: boolean, expected: string): void {
  if (!holds) throw new Failure('InvalidConfiguration', `router.${key} is ${JSON.stringify(value)}; expected ${expected}`);
}
