/** The simulated nodes: kwok plays the kubelet of each. */
export const NODES = ['node-a', 'node-b', 'node-c'];

const RESOURCES = { cpu: '64', memory: '256Gi', pods: '5000' };

export const nodes = () => ({
  apiVersion: 'v1',
  kind: 'List',
  items: NODES.map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    status: { allocatable: RESOURCES, capacity: RESOURCES },
  })),
});
