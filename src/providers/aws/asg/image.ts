/** Which AMI a version is. */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Failure } from '../../../core/failure.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';

const AMI = /^ami-\S+$/;

/** The SSM parameter that holds the id, or null where the option is an id itself. */
export const parameterIn = (imageId: string): string | null =>
  imageId.startsWith('ssm:') ? imageId.slice('ssm:'.length) : imageId.startsWith('/') ? imageId : null;

/** The id of the AMI. Throws NotFound where there is no such parameter, InvalidConfiguration where there is something else in it. */
export async function resolveImage(call: Call, access: AwsAccess, imageId: string): Promise<string> {
  const parameter = parameterIn(imageId);
  if (parameter === null) {
    if (AMI.test(imageId)) return imageId;
    throw new Failure(
      'InvalidConfiguration',
      `environment.imageId is ${imageId}, which is no AMI; write ami-{version}, or /name/of/parameter/{version}`,
    );
  }
  const client = clientOf(SSMClient, access);
  const { Parameter } = await ask(call, { action: 'ssm:GetParameter', resource: parameter }, (abortSignal) =>
    client.send(new GetParameterCommand({ Name: parameter }), { abortSignal }),
  );
  const value = Parameter?.Value ?? '';
  if (AMI.test(value)) return value;
  throw new Failure(
    'InvalidConfiguration',
    `the SSM parameter ${parameter} holds no AMI id (ami-…); put the id of this version's AMI into it`,
  );
}
