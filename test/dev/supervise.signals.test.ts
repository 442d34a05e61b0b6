import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Ending, supervise } from '../../src/dev/supervise.ts';

describe('what is started again and again', () => {
  it('leaves nothing behind on the signal that ends it', async () => {
    const listeners: number[] = [];
    let enough = (): void => {};
    const many = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const dead: Promise<Ending> = Promise.resolve({ how: 'SIGKILL', output: '' });
    const start = async (signal: AbortSignal) => {
      listeners.push(getEventListeners(signal, 'abort').length);
      if (listeners.length === 4) enough();
      return { exited: dead, stop: async () => {} };
    };
    const patience = new AbortController().signal;
    const { stop } = await supervise({ name: 'it', advice: '', say: () => {}, start }, patience);
    await many;
    await stop(patience);
    expect(Math.max(...listeners.slice(1))).toBe(listeners[1]);
  });
});
