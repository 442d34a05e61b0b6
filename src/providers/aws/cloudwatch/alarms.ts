/** How many of the named alarms are in ALARM. */
import { CloudWatchClient, type CompositeAlarm, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { Failure } from '../../../core/failure.ts';
import { COLORS } from '../../../core/plan.ts';
import { expand } from '../../../core/template.ts';
import { attempt } from '../../attempt.ts';
import type { Call, Finding, MetricSource, ProviderContext, Reading } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { CloudWatchOptions } from './options.ts';
import { accessOf } from './place.ts';

const REASON_SHOWN = 160;
const DETAIL_SHOWN = 900;

type Alarm = MetricAlarm | CompositeAlarm;

export function alarmsSource(options: CloudWatchOptions, { service, router }: ProviderContext): MetricSource {
  const written = options.alarms ?? [];
  const { allowAlarming = [] } = options;
  const isAllowed = (name: string): boolean => allowAlarming === true || allowAlarming.includes(name);

  /** The alarms by the names as they are written. */
  async function alarmsOf(call: Call, color: string, version: string, names: string[]): Promise<Map<string, Alarm>> {
    const meant = names.map((name) => expand(name, { color, version, service }));
    const client = clientOf(CloudWatchClient, accessOf(options, router));
    const asked = { action: 'cloudwatch:DescribeAlarms', resource: `alarm${meant.length > 1 ? 's' : ''} ${meant.join(', ')}` };
    // Without the types, composite alarms are not answered.
    const input = { AlarmNames: [...new Set(meant)], AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const], MaxRecords: 100 };
    const answer = await ask(call, asked, (abortSignal) => client.send(new DescribeAlarmsCommand(input), { abortSignal }));
    const found = new Map([...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])].map((alarm) => [alarm.AlarmName, alarm]));
    const missing = meant.filter((name) => !found.has(name));
    if (missing.length > 0)
      throw new Failure('NotFound', `${asked.action} found no alarm ${missing.join(', ')}; check the name, the region and the account`);
    return new Map(names.map((name, index) => [name, found.get(meant[index]!)!]));
  }

  async function query(call: Call, { color, version }: Parameters<MetricSource['query']>[1]): Promise<Reading> {
    const alarms = [...(await alarmsOf(call, color, version, written))];
    const red = alarms.filter(([, { StateValue }]) => StateValue === 'ALARM');
    const counted = red.filter(([name]) => !isAllowed(name));
    const allowed = red.filter(([name]) => isAllowed(name));
    const unknown = alarms.filter(([, { StateValue }]) => StateValue === 'INSUFFICIENT_DATA');
    const detail = [
      counted.length > 0 ? `in ALARM: ${counted.map(([, alarm]) => withReason(alarm)).join('; ')}` : `none of ${alarms.length} in ALARM`,
      ...(allowed.length > 0 ? [`in ALARM, allowed: ${namesOf(allowed)}`] : []),
      ...(unknown.length > 0 ? [`with insufficient data: ${namesOf(unknown)}`] : []),
    ].join('; ');
    return { value: counted.length, detail: detail.length > DETAIL_SHOWN ? `${detail.slice(0, DETAIL_SHOWN - 1)}…` : detail };
  }

  /** One that is red already would roll back the first sample, whatever the new version does. */
  async function inspect(call: Call): Promise<Finding[]> {
    const findings: Finding[] = [];
    const ofColor = written.filter((name) => name.includes('{color}'));
    const general = written.filter((name) => !ofColor.includes(name));
    const red = async (names: string[], color: string): Promise<Alarm[]> => {
      if (names.length === 0) return [];
      const alarms = await attempt(findings, alarmsOf(call, color, '', names));
      return [...(alarms ?? [])].filter(([name, { StateValue }]) => StateValue === 'ALARM' && !isAllowed(name)).map(([, alarm]) => alarm);
    };
    const certain = await red(general, '');
    const [blue, green] = await Promise.all(COLORS.map((color) => red(ofColor, color)));
    const uncertain = [...blue!, ...green!].map((alarm): Finding => ({ ...redAlready(alarm), severity: 'warning' }));
    return [...findings, ...certain.map(redAlready), ...uncertain];
  }

  return { query, inspect };
}

const namesOf = (alarms: [string, Alarm][]): string => alarms.map(([, { AlarmName }]) => AlarmName).join(', ');

function withReason({ AlarmName, StateReason = '' }: Alarm): string {
  const reason = StateReason.length > REASON_SHOWN ? `${StateReason.slice(0, REASON_SHOWN - 1)}…` : StateReason;
  return reason ? `${AlarmName} (${reason})` : `${AlarmName}`;
}

/** An alarm of a color only counts when that color is the new one, which is not known yet: there it is a warning. */
const redAlready = (alarm: Alarm): Finding => ({
  severity: 'error',
  message: `the alarm ${withReason(alarm)} is in ALARM already: the first sample would roll back`,
  cure: 'see to it first, or name it in allowAlarming',
});
