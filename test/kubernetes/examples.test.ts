/** What the pages and examples for Kubernetes say, held to the code: files are taken, options and messages exist, requests are in the Role. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { Color } from '../../src/core/plan.ts';
import { buildPlan } from '../../src/plan/build.ts';
import { describePlan, planLines } from '../../src/plan/describe.ts';
import { faultsOf, load } from '../config/writeFile.ts';
import { optionsPage } from '../support/optionsPage.ts';
import { blocksOf, brokenLinks, piecesOf, quotedMessages } from '../support/pages.ts';
import { searchableSource } from '../support/searchableSource.ts';
import { allows, readRole } from './support/role.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCS = join(ROOT, 'docs/kubernetes');
const KUBERNETES = { router: ['kubernetes', 'gateway'], environment: ['kubernetes'], source: ['prometheus'] };

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
const page = (name: string): string => read(join('docs/kubernetes', name));

const isServiceFile = (block: string): boolean => !['jobs', 'kind'].some((key) => key in parse(block));

describe('the service files that are shown', () => {
  const whole = parse(blocksOf(page('README.md'), 'yaml')[0]!);
  // A part of one belongs to the file of the first page.
  const shown = pages.flatMap((name) =>
    blocksOf(page(name), 'yaml')
      .filter(isServiceFile)
      .map((block, index) => ({
        name: `${name}, ${index + 1}`,
        file: 'service' in parse(block) ? block : stringify({ ...whole, ...parse(block) }),
      })),
  );

  it('are found where they are expected', () => {
    expect(whole).toMatchObject({ service: 'shop', router: { type: 'kubernetes' }, environment: { type: 'kubernetes' } });
    expect(new Set(shown.map(({ name }) => name.split(',')[0]))).toEqual(new Set(['README.md', 'gateway.md', 'prometheus.md']));
  });

  it.each(shown)('are valid, and so are parts of one: $name', async ({ file }) => {
    expect(await faultsOf(file)).toEqual([]);
  });

  it('are the same in examples/kubernetes and on the first page', async () => {
    const example = read('examples/kubernetes/cutover.yaml');
    expect(await faultsOf(example)).toEqual([]);
    expect(parse(example)).toEqual(whole);
  });

  it('name objects that the example makes', () => {
    const { router, environment } = whole;
    const made = parseAllDocuments(read('examples/kubernetes/shop.yaml')).map((document) => {
      const { kind, metadata } = document.toJS();
      return `${kind} ${metadata.name}`;
    });
    const { blue, green } = environment.deployments;
    expect(made.sort()).toEqual(
      [`Deployment ${blue}`, `Deployment ${green}`, `Service ${router.service}`, `Service ${router.previewService}`].sort(),
    );
  });
});

describe('the pages', () => {
  it('list every option of every Kubernetes provider as the code has them (with -u the test writes it)', async () => {
    await expect(optionsPage({ whose: 'Kubernetes', providers: KUBERNETES })).toMatchFileSnapshot(join(DOCS, 'options.md'));
  });

  it('show what plan prints', async () => {
    const { config } = await load(blocksOf(page('README.md'), 'yaml')[0]!);
    const found = (color: Color, version: string | null, capacity: number) => ({ color, version, capacity, ready: capacity, detail: null });
    const observed = {
      at: '',
      routing: { to: 'blue' as const, summary: '' },
      blue: found('blue', 'v1', 2),
      green: found('green', null, 0),
    };
    const printed = planLines(describePlan(buildPlan(config, { version: 'v2', folder: '/' }), observed));
    expect(blocksOf(page('README.md'), 'text')[0]!.trimEnd()).toBe(printed.join('\n').trimEnd());
  });

  it('quote messages that the code can say', () => {
    const source = searchableSource();
    const quoted = quotedMessages(page('troubleshooting.md'));
    expect(quoted.length).toBeGreaterThan(30);
    expect(quoted.filter((message) => !piecesOf(message).every((piece) => source.includes(piece)))).toEqual([]);
  });

  it('name no request that the Role does not allow', () => {
    const requests = [...page('how-it-works.md').matchAll(/`(get|list|watch|create|patch|update|delete) ([a-z]+(?:\/[a-z]+)?)`/g)];
    expect(requests.length).toBeGreaterThan(15);
    const named = requests.map(([, verb, resource]) => ({ verb: verb!, resource: resource! }));
    // Every account may ask what it may do.
    const needed = named.filter(({ resource }) => !resource.startsWith('selfsubject'));
    expect(needed.filter((request) => !readRole().rules.some((rule) => allows(rule, request)))).toEqual([]);
  });

  it('link to files and headings that exist', () => {
    expect(brokenLinks(DOCS, pages)).toEqual([]);
  });

  it('show the objects and fields that cutover writes to those who keep them in Git', () => {
    const application = blocksOf(page('gitops.md'), 'yaml').map((block) => parse(block))[0];
    const kinds = application.spec.ignoreDifferences.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(['Service', 'Deployment', 'HorizontalPodAutoscaler', 'HTTPRoute']);
    const annotations = [
      ...page('gitops.md').matchAll(/cutover\.dev\/[a-z-]+/g),
      ...page('how-it-works.md').matchAll(/cutover\.dev\/[a-z-]+/g),
    ];
    expect(annotations.map(([name]) => name).filter((name) => !searchableSource().includes(name))).toEqual([]);
  });
});
