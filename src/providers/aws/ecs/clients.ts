import { ECSClient } from '@aws-sdk/client-ecs';

/**
 * For what must not be sent twice by itself: RegisterTaskDefinition makes a revision more each time, and a lost answer does not
 * tell whether it did. Who asks again looks for the revision first.
 */
export class EcsClientOfOneAttempt extends ECSClient {
  constructor(config: object) {
    super({ ...config, maxAttempts: 1 });
  }
}
