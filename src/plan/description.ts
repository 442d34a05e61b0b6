/** What a description of a plan consists of. */
import type { Color, Observed } from '../contract.ts';

/** One step, named as in the status document; `details` say how. */
export interface PlannedStep {
  name: string;
  text: string;
  details: string[];
}

export interface PlanDescription {
  service: string;
  version: string;
  /** What users are on; null when nothing is live, or nobody looked. */
  from: { color: Color; version: string | null; capacity: number } | null;
  /** Which color gets the version; null when nobody looked. */
  to: Color | null;
  firstDeployment: boolean;
  steps: PlannedStep[];
  /** What would stop it at once. */
  obstacles: string[];
  warnings: string[];
}

/** What the steps are told with: what is known of the two colors. */
export type Situation = Pick<PlanDescription, 'from' | 'to' | 'firstDeployment'> & { observed: Observed | null };
