import { EC2Client } from '@aws-sdk/client-ec2';

/**
 * For what must not be sent twice by itself: a lost answer does not tell whether a version of a launch template was made. Who
 * asks again looks for the version first.
 */
export class Ec2ClientOfOneAttempt extends EC2Client {
  constructor(config: object) {
    super({ ...config, maxAttempts: 1 });
  }
}
