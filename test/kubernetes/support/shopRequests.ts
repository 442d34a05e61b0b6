/** Which shop a request is about. */
import type { KubernetesRequest } from './request.ts';

/** As a list was asked for. */
export const labelsIn = ({ path }: KubernetesRequest): string => new URL(path, 'https://server').searchParams.get('labelSelector') ?? '';

/** About one of its Services, Deployments or pods: by name, or by labels. */
export const concerns = (shop: string, request: KubernetesRequest): boolean =>
  new RegExp(`(^|[=(,])${shop}(-blue|-green|-preview)?($|[),])`).test(request.name ?? labelsIn(request));
