/** Where the two Deployments are, and what is made of them: the options, with the placeholders still in their templates. */

import type { Color } from '../../../core/plan.ts';
import type { ProviderContext } from '../../types.ts';
import { templateOf } from '../../versionTemplate.ts';
import { type Api, apiOf } from '../api.ts';
import { checkNames } from '../checkedNames.ts';
import type { DeploymentOptions } from './options.ts';

export interface Place {
  options: DeploymentOptions;
  /** With {version} in it. */
  image: string;
  env: Record<string, string>;
  /** As the kubeconfig is now. */
  api(): Api;
}

export function placeOf(options: DeploymentOptions, context: ProviderContext): Place {
  const { namespace, deployments } = options;
  checkNames({
    'environment.namespace': namespace,
    'environment.deployments.blue': deployments.blue,
    'environment.deployments.green': deployments.green,
  });
  return {
    options,
    image: templateOf(context, 'image', options.image),
    env: templateOf(context, 'env', options.env),
    api: () => apiOf(options, context.folder),
  };
}

export const deploymentName = ({ options }: Place, color: Color): string => options.deployments[color];

/** `namespace/name`, as messages call it. */
export const qualified = ({ namespace }: Api, name: string): string => `${namespace}/${name}`;
