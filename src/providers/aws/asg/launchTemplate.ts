/** Versions of launch templates: read, looked for, made. A version's description says what it was made for. */
import { createHash } from 'node:crypto';
import {
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  type DescribeLaunchTemplateVersionsCommandInput,
  EC2Client,
  type LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { Failure } from '../../../core/failure.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import { Ec2ClientOfOneAttempt } from './clients.ts';
import type { UsedTemplate } from './group.ts';

const DESCRIPTION = /^cutover (\S+) (\S+)$/;

export interface TemplateVersion {
  id: string;
  number: number;
  /** As it stands in the template: an id, or `resolve:ssm:…`; null where it names none. */
  imageId: string | null;
  /** Of a version that cutover made. */
  madeFor: { version: string; deploymentId: string } | null;
}

export interface Change {
  imageId: string;
  version: string;
  deploymentId: string;
}

/** The version that a group uses, whatever it calls it. Throws NotFound. */
export async function readVersion(call: Call, access: AwsAccess, used: UsedTemplate): Promise<TemplateVersion> {
  const [found] = await describe(call, access, { LaunchTemplateId: used.id, Versions: [used.version] });
  if (found) return found;
  throw new Failure('NotFound', `${used.id} has no version ${used.version}; give the group one that exists`);
}

/** The version of this change: the one that the deployment made already, else a new one. */
export async function versionOf(call: Call, access: AwsAccess, source: TemplateVersion, change: Change): Promise<TemplateVersion> {
  if (isOf(source, change)) return source;
  const newer = await describe(call, access, { LaunchTemplateId: source.id, MinVersion: String(source.number) });
  return newer.find((candidate) => isOf(candidate, change)) ?? create(call, access, source, change);
}

const isOf = ({ madeFor, imageId }: TemplateVersion, change: Change): boolean =>
  madeFor?.deploymentId === change.deploymentId && madeFor.version === change.version && imageId === change.imageId;

async function describe(call: Call, access: AwsAccess, input: DescribeLaunchTemplateVersionsCommandInput): Promise<TemplateVersion[]> {
  const client = clientOf(EC2Client, access);
  const versions: TemplateVersion[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ask(call, { action: 'ec2:DescribeLaunchTemplateVersions', resource: input.LaunchTemplateId! }, (abortSignal) =>
      client.send(new DescribeLaunchTemplateVersionsCommand({ ...input, NextToken }), { abortSignal }),
    );
    versions.push(...(page.LaunchTemplateVersions ?? []).map(read));
    NextToken = page.NextToken;
  } while (NextToken);
  return versions;
}

async function create(call: Call, access: AwsAccess, source: TemplateVersion, change: Change): Promise<TemplateVersion> {
  const client = clientOf(Ec2ClientOfOneAttempt, access);
  const description = `cutover ${change.version} ${change.deploymentId}`;
  const asked = { action: 'ec2:CreateLaunchTemplateVersion', resource: source.id };
  const { LaunchTemplateVersion: made } = await ask(call, asked, (abortSignal) =>
    client.send(
      new CreateLaunchTemplateVersionCommand({
        ClientToken: createHash('sha256').update(`${source.id} ${source.number} ${description} ${change.imageId}`).digest('hex'),
        LaunchTemplateId: source.id,
        SourceVersion: String(source.number),
        VersionDescription: description,
        LaunchTemplateData: { ImageId: change.imageId },
      }),
      { abortSignal },
    ),
  );
  return read(made!);
}

function read({ LaunchTemplateId, VersionNumber, VersionDescription, LaunchTemplateData }: LaunchTemplateVersion): TemplateVersion {
  const [, version, deploymentId] = DESCRIPTION.exec(VersionDescription ?? '') ?? [];
  return {
    id: LaunchTemplateId!,
    number: VersionNumber!,
    imageId: LaunchTemplateData?.ImageId || null,
    madeFor: version !== undefined && deploymentId !== undefined ? { version, deploymentId } : null,
  };
}
