import { Failure } from '../../../core/failure.ts';
import type { Reading } from '../../types.ts';
import { readNumber } from '../number.ts';

interface Series {
  name: string;
  labels: Map<string, string>;
  written: string;
}

const SELECTOR = /^\s*([A-Za-z_:][\w:]*)\s*(\{.*\})?\s*$/;
const SAMPLE = /^([A-Za-z_:][\w:]*)\s*(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+(\S+)/;
const LABEL = /([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

/**
 * The value of the one series of a Prometheus text page that `selector` (`name` or `name{label="value"}`) names. None, or
 * NaN: no data. Throws InvalidConfiguration that names them where several match: only the user knows how to combine them.
 */
export function readPrometheusText(page: string, selector: string): Reading {
  const wanted = parseSelector(selector);
  const found = page
    .split('\n')
    .map(parseSample)
    .filter((series): series is Series => series !== null && matches(series, wanted));
  const [series, ...others] = found;
  if (!series) return { value: null, detail: `the page has no ${selector}` };
  if (others.length === 0) return readNumber(series.written, selector);
  const names = found.slice(0, 5).map(written).join(', ');
  throw new Failure('InvalidConfiguration', `${found.length} series match ${selector}; add labels until it is one: ${names}`);
}

function parseSelector(selector: string): Omit<Series, 'written'> {
  const match = SELECTOR.exec(selector);
  const inner = match?.[2]?.slice(1, -1) ?? '';
  if (!match || inner.replace(LABEL, '').replace(/[\s,]/g, '') !== '') {
    throw new Failure('InvalidConfiguration', `metric is name or name{label="value"}, and this is not: ${selector}`);
  }
  return { name: match[1]!, labels: parseLabels(inner) };
}

function parseSample(line: string): Series | null {
  const match = SAMPLE.exec(line.trimStart());
  return match && { name: match[1]!, labels: parseLabels(match[2] ?? ''), written: match[3]! };
}

const ESCAPES: Record<string, string> = { n: '\n' };

const parseLabels = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(LABEL)].map(([, name, value]) => [
      name!,
      value!.replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped),
    ]),
  );

const matches = (series: Series, wanted: Omit<Series, 'written'>): boolean =>
  series.name === wanted.name && [...wanted.labels].every(([name, value]) => (series.labels.get(name) ?? '') === value);

const written = ({ name, labels }: Series): string =>
  `${name}{${[...labels].map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
