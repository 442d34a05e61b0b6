/** SDK clients for the tests themselves: straight to moto, past the faults. */
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';

export type AwsClients = ReturnType<typeof clientsAt>;

export function clientsAt(endpoint: string, region: string) {
  const config = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  return {
    elb: new ElasticLoadBalancingV2Client(config),
    ecs: new ECSClient(config),
    asg: new AutoScalingClient(config),
    ec2: new EC2Client(config),
    route53: new Route53Client(config),
    cloudwatch: new CloudWatchClient(config),
    ssm: new SSMClient(config),
    applicationAutoScaling: new ApplicationAutoScalingClient(config),
  };
}
