/** What is asked of CloudWatch for one reading, and how the numbers that it has for some periods make one value. */

/** One metric with one statistic: a number a period, or none. */
export interface Series {
  namespace: string;
  name: string;
  /** In the order in which they are asked for. */
  dimensions: readonly (readonly [name: string, value: string])[];
  statistic: string;
  unit?: string | undefined;
  /**
   * The period in which the switch was: counted where it says nothing of the other color (the color's own requests), left out
   * where it mixes both (the whole load balancer), or says how the color was before (the health of its targets).
   */
  periodOfSwitch: 'counted' | 'left out';
}

/** The numbers of each series that were counted, in the order of time. */
export type Counted<Name extends string> = { [name in Name]: readonly number[] };

export interface Measure<Name extends string = string> {
  periodMs: number;
  series: { [name in Name]: Series };
  /** The series that has a number whenever there is something to measure: it tells up to when CloudWatch knows. */
  leading: NoInfer<Name>;
  /** null: no data. `detail` in words, without the time. */
  value(counted: Counted<NoInfer<Name>>): { value: number | null; detail: string };
}

export const measure = <Name extends string>(made: Measure<Name>): Measure => made as unknown as Measure;

/** Whether what is known of a period so far is a part of what will be. */
export const isAdditive = ({ statistic }: Series): boolean => statistic === 'Sum' || statistic === 'SampleCount';

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

export const inWords = ({ namespace, name, dimensions }: Series): string =>
  `${namespace} ${name}${dimensions.length > 0 ? ` of ${dimensions.map(([, value]) => value).join(', ')}` : ''}`;
