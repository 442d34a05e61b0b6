import { beforeAll, describe, expect, it } from 'vitest';
import type { Observed } from '../../src/contract.ts';
import type { Plan } from '../../src/core/plan.ts';
import { buildPlan } from '../../src/plan/build.ts';
import { describePlan, planLines } from '../../src/plan/describe.ts';
import { EXAMPLE } from '../config/example.ts';
import { load } from '../config/writeFile.ts';

const BLUE_LIVE: Observed = {
  at: '2026-01-05T03:00:00.000Z', // a Monday
  routing: { to: 'blue', summary: 'all users to blue' },
  blue: { color: 'blue', version: 'v1', capacity: 2, ready: 2, detail: null },
  green: { color: 'green', version: null, capacity: 0, ready: 0, detail: null },
};

let plan: Plan;
beforeAll(async () => {
  plan = buildPlan((await load(EXAMPLE)).config, { version: 'v2', folder: '/srv/shop' });
});

const withApproval = (): Plan => ({ ...plan, approval: { ...plan.approval, required: true } });
const linesOf = (what: Plan, observed: Observed | null): string[] => planLines(describePlan(what, observed));

describe('what a deployment would do', () => {
  it('is told step by step, with the colors, the bounds and the times', () => {
    expect(linesOf(withApproval(), BLUE_LIVE)).toEqual([
      'shop v2: users are on blue (v1), v2 goes to green',
      '',
      '  1. deploy v2 to green (local) and wait until it is ready',
      '       2 copies, as many as blue has',
      expect.stringMatching(/^ {7}gives up after \d+s; users are not touched by that$/),
      '  2. smoke tests of green, in parallel',
      '       identity: field version of /version says v2',
      '       health: GET /health answers 2xx',
      '       users: GET /api/users/test-user answers 200 with json {"id":"test-user"}',
      '  3. warm up green: 200 requests of /, 10 at a time',
      "  4. wait for a person's approval",
      '       without an answer in 1h it is rejected',
      '  5. wait for the switch window: mon, tue, wed, thu from 02:00 to 06:00 (Europe/London)',
      '       open now',
      '  6. switch all users: blue → green (local)',
      '  7. confirm at http://127.0.0.1:8080: 5 answers of v2 in a row',
      '       not within 30s: rolls back',
      '  8. monitor for 10m: 10 samples, one each 1m',
      '       error-rate (router) at most 0.05; else rolls back',
      '  9. keep blue at capacity 1 for 24h, for an instant rollback',
      '       its open connections get at most 30s to end before it is changed',
      ' 10. remove blue',
    ]);
  });

  it('names no color when nobody looked', () => {
    const lines = linesOf(plan, null).join('\n');
    expect(lines).toContain('the live color was not looked at');
    expect(lines).toContain('live color → idle color');
    expect(lines).not.toMatch(/open now|closed now/);
  });

  it('says when a closed window opens', () => {
    expect(linesOf(plan, { ...BLUE_LIVE, at: '2026-01-05T07:00:00.000Z' })).toContain('       closed now, opens at 2026-01-06T02:00Z');
  });

  it('tells of the first deployment that there is no way back', () => {
    const nobody: Observed = {
      ...BLUE_LIVE,
      routing: { to: 'none', summary: 'no route' },
      blue: { ...BLUE_LIVE.blue, version: null, capacity: 0 },
    };
    const description = describePlan(plan, nobody);
    expect(description).toMatchObject({ firstDeployment: true, from: null, to: 'blue' });
    expect(description.steps.map(({ name }) => name)).not.toContain('retain');
    expect(planLines(description).join('\n')).not.toContain('rolls back');
    expect(description.warnings.join()).toContain('no way back');
  });

  it('is nothing when the router was changed by hand', () => {
    const description = describePlan(plan, { ...BLUE_LIVE, routing: { to: 'other', summary: 'half blue, half green' } });
    expect(description.steps).toEqual([]);
    expect(planLines(description)).toContain('cannot run: the router sends users to neither blue nor green: half blue, half green');
  });

  it('tells whose place it takes', () => {
    const retained = { ...BLUE_LIVE, green: { ...BLUE_LIVE.green, version: 'v0', capacity: 1, ready: 1 } };
    expect(linesOf(plan, retained)).toContain(
      '       takes over green, where v0 still runs, after its last connections are gone (at most 30s)',
    );
  });

  it('does not say that what has died still runs', () => {
    const dead: Observed = { ...BLUE_LIVE, green: { color: 'green', version: 'v0', capacity: 1, ready: 0, detail: 'ended by SIGKILL' } };
    expect(linesOf(plan, dead).join('\n')).toContain('takes over green, where v0 is not ready (ended by SIGKILL)');
  });

  it('warns when the version is live already, and when nothing live is ready', () => {
    const again = describePlan({ ...plan, version: 'v1' }, { ...BLUE_LIVE, blue: { ...BLUE_LIVE.blue, ready: 0, detail: 'exit code 1' } });
    expect(again.warnings).toEqual([
      'v1 is live already: identity proves nothing then',
      'blue is live, but nothing of it is ready (exit code 1)',
    ]);
  });

  it('leaves out what the file turns off', () => {
    const bare: Plan = {
      ...plan,
      identity: null,
      smokeTests: [],
      warmup: null,
      switch: { window: null, confirm: null, drainMs: 0 },
      monitor: { ...plan.monitor, durationMs: 0 },
      retention: { durationMs: 0, capacity: 'keep', then: 'keep' },
    };
    expect(describePlan(bare, BLUE_LIVE).steps.map(({ text }) => text)).toEqual([
      'deploy v2 to green (local) and wait until it is ready',
      'smoke tests: none',
      'switch all users: blue → green (local)',
      'keep blue as it is, for a rollback at any time',
    ]);
  });

  it('is JSON, for -o json', () => {
    const description = describePlan(plan, BLUE_LIVE);
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });
});
