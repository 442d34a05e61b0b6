import type { Call } from './types.ts';

/** Whoever asks for the same while it is being read gets the same answer: one request. */
export function joined<Key, Answer>(read: (call: Call, key: Key) => Promise<Answer>): (call: Call, key: Key) => Promise<Answer> {
  const underWay = new Map<Key, Promise<Answer>>();
  return (call, key) => {
    const known = underWay.get(key);
    if (known) return known;
    const reading = read(call, key).finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  };
}
