/** What the pages and examples for AWS say, held to the code: files are taken, options and messages exist, actions are allowed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { faultsOf } from '../config/writeFile.ts';
import { optionsPage } from '../support/optionsPage.ts';
import { blocksOf, brokenLinks, piecesOf, quotedMessages } from '../support/pages.ts';
import { searchableSource } from '../support/searchableSource.ts';

const DOCS = fileURLToPath(new URL('../../docs/aws/', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../examples/aws/', import.meta.url));

/** Whose options the page lists. */
const AWS = { router: ['alb', 'route53'], environment: ['ecs', 'asg'], source: ['cloudwatch'] };

const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
const page = (name: string): string => readFileSync(join(DOCS, name), 'utf8');
const example = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');

const isServiceFile = (block: string): boolean => !('jobs' in parse(block));

describe('the service files that are shown', () => {
  const whole = parse(blocksOf(page('README.md'), 'yaml')[0]!);
  // A part of one belongs to what its page shows first, and that to the file of the first page.
  const shown = pages.flatMap((name) => {
    const blocks = blocksOf(page(name), 'yaml').filter(isServiceFile);
    return blocks.map((block, index) => ({
      name: `${name}, ${index + 1}`,
      file: 'service' in parse(block) ? block : stringify({ ...whole, ...parse(blocks[0]!), ...parse(block) }),
    }));
  });
  const inReadme = blocksOf(readFileSync(join(DOCS, '../../README.md'), 'utf8'), 'yaml').filter((block) => block.includes('type: alb'));

  it('are found where they are expected', () => {
    expect(whole).toMatchObject({ service: 'shop', router: { type: 'alb' }, environment: { type: 'ecs' } });
    expect(new Set(shown.map(({ name }) => name.split(',')[0]))).toEqual(new Set(['README.md', 'auto-scaling.md', 'checks.md', 'dns.md']));
    expect(inReadme).toHaveLength(1);
  });

  it.each(shown)('are valid, and so are parts of one: $name', async ({ file }) => {
    expect(await faultsOf(file)).toEqual([]);
  });

  it.each([
    ['README.md', inReadme[0]!],
    ['examples/aws/cutover.yaml', example('cutover.yaml')],
  ])('are valid in %s, too', async (_, file) => {
    expect(await faultsOf(file)).toEqual([]);
  });
});

describe('the Terraform example', () => {
  const template = example('terraform/cutover.yaml.tftpl');
  const outputs = example('terraform/outputs.tf');
  const policy = example('terraform/worker.tf');

  /** As templatefile() does it, for the two things that the template uses. */
  const rendered = (values: Record<string, string>): string =>
    template
      .replace(/^%\{ if alarm != "" ~\}\n([\s\S]*?)^%\{ endif ~\}\n/m, (_, inside: string) => (values.alarm ? inside : ''))
      .replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? `missing-${name}`);

  const values = {
    name: 'shop',
    region: 'eu-west-1',
    listener_arn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/1111111111111111',
    test_listener_arn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/2222222222222222',
    blue_target_group_arn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-blue/0123456789abcdef',
    green_target_group_arn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-green/0123456789abcdef',
    cluster: 'shop',
    blue_service: 'shop-blue',
    green_service: 'shop-green',
    image_repository: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop',
    preview_url: 'http://shop-1.eu-west-1.elb.amazonaws.com:8080',
    front_url: 'https://shop.example.com',
    health_check_path: '/ready',
    alarm: 'shop-5xx',
  };

  it.each([
    ['with an alarm', 'shop-5xx'],
    ['without', ''],
  ])('writes a valid service file, %s', async (_, alarm) => {
    const file = rendered({ ...values, alarm });
    expect(file).not.toMatch(/missing-|%\{/);
    expect(await faultsOf(file)).toEqual([]);
  });

  it('gives the service file every value that it needs', () => {
    const given = [...outputs.matchAll(/^ {4}(\w+) +=/gm)].map(([, name]) => name);
    expect(given.sort()).toEqual(Object.keys(values).sort());
  });

  it('allows the worker what the policy allows for a listener, ECS and CloudWatch, and no more', () => {
    const needed = documented().filter(({ Sid }) => /^(Alb|Ecs|CloudWatch)/.test(Sid) && Sid !== 'AlbSwitchARule');
    const actions = (statements: Statement[]): string[] => [...new Set(statements.flatMap(({ Action }) => Action))].sort();
    expect(actions(inHcl(policy))).toEqual(actions(needed));
  });

  it('names a resource in Terraform wherever the policy names one', () => {
    const wide = (statements: Statement[]): string[] => statements.filter(({ Resource }) => Resource === '*').map(({ Sid }) => Sid);
    const known = new Set(wide(documented()));
    expect(wide(inHcl(policy)).filter((sid) => !known.has(sid))).toEqual([]);
  });

  interface Statement {
    Sid: string;
    Action: string | string[];
    Resource: string | string[];
  }

  function documented(): Statement[] {
    return JSON.parse(page('iam-policy.json')).Statement;
  }

  /** The statements of a jsonencode() in the form that `terraform fmt` gives them. */
  function inHcl(text: string): Statement[] {
    return text
      .split(/^ {6}\{$/m)
      .slice(1)
      .map((block) => ({
        Sid: /Sid +=\s+"(\w+)"/.exec(block)![1]!,
        Action: [.../Action +=\s+(\[[^\]]*\]|"[^"]*")/.exec(block)![1]!.matchAll(/"([^"]+)"/g)].map(([, action]) => action!),
        Resource: /Resource +=\s+"\*"/.test(block) ? '*' : 'named',
      }));
  }
});

describe('the pages', () => {
  it('list every option of every AWS provider as the code has them (npx vitest run test/aws/examples.test.ts -u writes it)', async () => {
    await expect(optionsPage({ whose: 'AWS', providers: AWS })).toMatchFileSnapshot(join(DOCS, 'options.md'));
  });

  it('explain every preset of CloudWatch', async () => {
    const { PRESETS } = await import('../../src/providers/aws/cloudwatch/presets.ts');
    expect(PRESETS.filter((preset) => !page('checks.md').includes(`\`${preset}\``))).toEqual([]);
  });

  it('quote messages that the code can say', () => {
    const source = searchableSource();
    const quoted = quotedMessages(page('troubleshooting.md'));
    expect(quoted.length).toBeGreaterThan(30);
    const unknown = quoted.filter((message) => !piecesOf(message).every((piece) => source.includes(piece)));
    expect(unknown).toEqual([]);
  });

  it('name no IAM action that the policy does not have', () => {
    const allowed = new Set<string>(
      JSON.parse(page('iam-policy.json')).Statement.flatMap(({ Action }: { Action: string | string[] }) => Action),
    );
    const named = pages.flatMap((name) =>
      [
        ...page(name).matchAll(
          /`((?:elb|elasticloadbalancing|ecs|ec2|ssm|iam|sts|route53|autoscaling|application-autoscaling|cloudwatch):[A-Z]\w+)`/g,
        ),
      ].map(([, action]) => action!.replace(/^elb:/, 'elasticloadbalancing:')),
    );
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((action) => !allowed.has(action))).toEqual([]);
  });

  it('link to files and headings that exist', () => {
    expect(brokenLinks(DOCS, pages)).toEqual([]);
  });
});
