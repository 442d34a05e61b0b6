/** What cutover asks the API server for, as a Role has to name it. */

/** The API group of each resource that is used. A new one is a line here. */
const GROUPS = {
  services: '',
  pods: '',
  'pods/log': '',
  events: '',
  resourcequotas: '',
  limitranges: '',
  namespaces: '',
  deployments: 'apps',
  'deployments/scale': 'apps',
  replicasets: 'apps',
  horizontalpodautoscalers: 'autoscaling',
  poddisruptionbudgets: 'policy',
  endpointslices: 'discovery.k8s.io',
  httproutes: 'gateway.networking.k8s.io',
  selfsubjectaccessreviews: 'authorization.k8s.io',
  selfsubjectrulesreviews: 'authorization.k8s.io',
} as const;

export type Resource = keyof typeof GROUPS;
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'update' | 'delete';

export interface Asked {
  verb: Verb;
  resource: Resource;
  /** `namespace/name`; for a list the namespace alone. */
  name: string;
}

/** Of these, the name of the object is known when the request is authorized. */
const NAMED: readonly Verb[] = ['get', 'patch', 'update', 'delete'];

export const groupOf = (resource: Resource): string => GROUPS[resource];

/** `{ apiGroups: [""], resources: ["services"], resourceNames: ["shop"], verbs: ["patch"] }` */
export function ruleFor({ verb, resource, name }: Asked): string {
  const object = NAMED.includes(verb) ? name.split('/')[1] : undefined;
  const names = object === undefined ? '' : ` resourceNames: ["${object}"],`;
  return `{ apiGroups: ["${groupOf(resource)}"], resources: ["${resource}"],${names} verbs: ["${verb}"] }`;
}
