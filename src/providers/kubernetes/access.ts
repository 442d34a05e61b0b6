/** Keys that every provider of Kubernetes has. */
import * as z from 'zod';
import { text } from '../../config/fields.ts';

const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** What placeholders and the worker's environment fill in is checked when it is known. */
const laterKnown = (value: string): boolean => value.includes('{');

const matching = (pattern: RegExp, expected: string) =>
  z.string().refine((value) => laterKnown(value) || pattern.test(value), { error: `expected ${expected}` });

/** What an object of Kubernetes is called. */
export const objectName = () => matching(NAME, 'the name of a Kubernetes object: lower case letters, digits, - and .');

export const labelKey = () => matching(LABEL_KEY, 'the key of a label: color, or example.com/color');

export const labelValue = () => matching(LABEL_VALUE, 'the value of a label: at most 63 letters, digits, -, _ and .');

/** Which cluster, with whose rights, and where in it. */
export const kubernetesAccess = {
  namespace: objectName().optional().describe('The namespace; else that of the context, else default.'),
  context: text()
    .optional()
    .describe("The context of the kubeconfig; else its current one. In a cluster without a kubeconfig: the pod's service account."),
  kubeconfig: text()
    .optional()
    .describe("A kubeconfig file, relative to the service file's folder; else KUBECONFIG, ~/.kube/config, then the pod's service account."),
};

export type KubernetesAccess = z.infer<z.ZodObject<typeof kubernetesAccess>>;
