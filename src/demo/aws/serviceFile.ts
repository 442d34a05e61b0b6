import { MONITOR_SECONDS, SERVICE, writeSample } from '../serviceFile.ts';
import { targetGroupName } from './account.ts';

export interface Addresses {
  /** The ARN. */
  listener: string;
  /** http://host:port that users connect to. */
  front: string;
  /** Where the load balancer's error rates are read. */
  rates: string;
  blue: number;
  green: number;
}

/** The sample service and its service file, as a user would have them. Resolves to the file. */
export const writeAwsServiceFile = (folder: string, addresses: Addresses): Promise<string> => writeSample(folder, serviceFile(addresses));

const serviceFile = ({ listener, front, rates, blue, green }: Addresses): string => `\
service: ${SERVICE}
router:
  type: alb
  listener: ${listener}
  targetGroups: { blue: ${targetGroupName('blue')}, green: ${targetGroupName('green')} }
environment:
  type: local
  command: [node, shop.mjs]
  ports: { blue: ${blue}, green: ${green} }
  readiness: { path: /ready }
identity: { path: /version, json: version }
smokeTests: [{ name: page, path: /, expect: { json: { shop: open } } }]
switch: { confirm: { url: "${front}" }, drain: { timeout: 1s } }
monitor: { duration: ${MONITOR_SECONDS}s, interval: 1s, checks: [{ name: error-rate, source: { type: http, url: "${rates}", json: "{color}" }, max: 0.05 }] }
`;
