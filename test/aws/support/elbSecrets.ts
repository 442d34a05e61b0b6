/** The client secret of authenticate-oidc: AWS never tells it, and keeps it where a change says UseExistingClientSecret. */
import { actionsIn } from './elbActions.ts';
import type { AwsRequest } from './request.ts';
import type { Upstream } from './upstream.ts';
import { childOf, textOf } from './xml.ts';

const OWNER = { ModifyListener: ['DescribeListeners', 'ListenerArn'], ModifyRule: ['DescribeRules', 'RuleArn'] } as const;
const CONFIG = /^((?:DefaultActions|Actions)\.member\.\d+\.AuthenticateOidcConfig)\.ClientId$/;

const BOTH = 'You cannot both specify a client secret and set UseExistingClientSecret to true';
const NEITHER = 'You must either specify a client secret or set UseExistingClientSecret to true';

/** The request with the secrets that AWS would have kept, or why AWS refuses it. */
export async function withKeptSecrets(upstream: Upstream, request: AwsRequest): Promise<AwsRequest | string> {
  const form = new URLSearchParams(request.body);
  const configs = [...form.keys()].flatMap((key) => CONFIG.exec(key)?.[1] ?? []);
  if (configs.length === 0) return request;
  const kept = await secretsOf(upstream, request);
  for (const config of configs) {
    const given = form.get(`${config}.ClientSecret`);
    const keep = form.get(`${config}.UseExistingClientSecret`) === 'true';
    if (given && keep) return BOTH;
    if (given) continue;
    const secret = kept.get(form.get(`${config}.ClientId`)!);
    if (!keep || !secret) return NEITHER;
    form.set(`${config}.ClientSecret`, secret);
  }
  return { ...request, body: form.toString() };
}

/** Client id → secret, as moto knows them of the listener or rule that is changed. */
async function secretsOf(upstream: Upstream, request: AwsRequest): Promise<Map<string, string>> {
  const owner = OWNER[request.action.split(':')[1] as keyof typeof OWNER];
  if (!owner) return new Map();
  const [operation, key] = owner;
  const answer = await upstream.ask(request, operation, { [`${key}s.member.1`]: String(request.params[key]) });
  const configs = answer ? [...actionsIn(answer)].map((action) => childOf(action, 'AuthenticateOidcConfig')) : [];
  return new Map(configs.map((config) => [textOf(config, 'ClientId'), textOf(config, 'ClientSecret')]));
}
