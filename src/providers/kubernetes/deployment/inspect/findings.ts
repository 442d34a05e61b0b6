import type { V1Deployment } from '@kubernetes/client-node';
import { Failure } from '../../../../core/failure.ts';
import type { Color } from '../../../../core/plan.ts';
import type { Finding } from '../../../types.ts';

export type Pair = Record<Color, V1Deployment>;

export const error = (message: string, cure: string): Finding => ({ severity: 'error', message, cure });
export const warning = (message: string, cure: string): Finding => ({ severity: 'warning', message, cure });

/** That something may not be read is said with the other permissions: here it is as if there were none. */
export async function orNone<T>(reading: Promise<T[]>): Promise<T[]> {
  try {
    return await reading;
  } catch (caught) {
    if (caught instanceof Failure && caught.type === 'PermissionDenied') return [];
    throw caught;
  }
}
