import { LONGEST_TIMER_MS } from '../../core/duration.ts';
import { Failure } from '../../core/failure.ts';

export interface Request {
  url: string;
  /** How the address is called in errors: addresses may hold secrets. */
  shown: string;
  method: 'GET' | 'POST';
  /** Later ones replace earlier ones of the same name, however that is written. */
  headers: Record<string, string>[];
  body?: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** More than any answer that makes sense here. */
const LONGEST_ANSWER = 10 * 1024 * 1024;

/** The text of a 2xx answer. Throws Unavailable for everything else, redirects included: they are not followed. */
export async function exchange({ url, shown, method, headers, body, timeoutMs, signal }: Request): Promise<string> {
  const limit = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMER_MS));
  const task = `${method} ${shown}`;
  try {
    const response = await fetch(url, {
      method,
      headers: merged(headers),
      body: body ?? null,
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit]),
    });
    if (response.ok) return await textOf(response, task);
    await response.body?.cancel();
    throw new Failure('Unavailable', `${task} answered ${response.status}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    if (limit.aborted) throw new Failure('Unavailable', `${task} did not answer within ${timeoutMs} ms`);
    throw new Failure('Unavailable', `${task} failed: ${reasonOf(error)}`);
  }
}

function merged(all: Record<string, string>[]): Headers {
  const headers = new Headers();
  for (const [name, value] of all.flatMap(Object.entries<string>)) headers.set(name, value);
  return headers;
}

async function textOf(response: Response, task: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) throw new Failure('Unavailable', `${task} answered with more than ${LONGEST_ANSWER} bytes`);
  }
  return text + decoder.decode();
}

/** Only a code: the messages of fetch quote whole addresses and header values. */
function reasonOf(error: unknown): string {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? (error as NodeJS.ErrnoException).code?.toString() ?? (error as Error).name;
}
