/**
 * One client of a service per region and role in this process: connections stay open and credentials stay resolved, so that a
 * rollback begins with its first request. Where it connects and with whose rights, the SDK's own chain says.
 */
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { AwsAccess } from './options.ts';

/** A request that is not answered is asked again: Node would wait for ever. */
const REQUEST_MS = 5_000;
const CONNECTION_MS = 2_000;
/** Throttles pass within these; what lasts longer is the workflow's to retry. More tries inside make a rollback wait (8 adaptive ones: 20 s). */
const ATTEMPTS = 3;

type ClientConstructor<Client> = new (config: object) => Client;

const clients = new Map<string, unknown>();

export function clientOf<Client>(Constructor: ClientConstructor<Client>, access: AwsAccess): Client {
  const key = `${Constructor.name} ${JSON.stringify([access.region, access.assumeRole])}`;
  const known = clients.get(key) as Client | undefined;
  if (known) return known;
  const made = new Constructor({
    maxAttempts: ATTEMPTS,
    requestHandler: { requestTimeout: REQUEST_MS, connectionTimeout: CONNECTION_MS, throwOnRequestTimeout: true },
    ...(access.region && { region: access.region }),
    ...(access.assumeRole && { credentials: roleOf(access) }),
  });
  clients.set(key, made);
  return made;
}

function roleOf({ assumeRole, region }: AwsAccess) {
  const { arn, externalId } = typeof assumeRole === 'string' ? { arn: assumeRole, externalId: undefined } : assumeRole!;
  return fromTemporaryCredentials({
    params: { RoleArn: arn, RoleSessionName: 'cutover', ...(externalId && { ExternalId: externalId }) },
    ...(region && { clientConfig: { region } }),
  });
}
