import type { Cutover } from '../client.ts';
import type { PastDeployment } from '../contract.ts';

/** All deployments on record, oldest first, the current one included. Throws ClientError NotDeployed. */
export async function deployments(client: Cutover, service: string): Promise<PastDeployment[]> {
  const all = await client.history(service);
  if (all === null || all.length === 0) throw await client.noRecord(service);
  return all;
}
