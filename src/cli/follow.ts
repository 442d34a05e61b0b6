import { constants, setPriority } from 'node:os';
import type { Cutover } from '../client.ts';
import type { StatusDocument } from '../contract.ts';
import type { Context } from './context.ts';
import { changeLines, phaseLines } from './render/changes.ts';
import { liveBlock } from './render/live.ts';
import { statusLines } from './render/status.ts';
import { clock } from './render/time.ts';

export interface FollowOptions {
  /** One deployment; without it whichever is the current one. */
  deploymentId?: string;
  /** Ends the following, with that document. */
  until(status: StatusDocument): boolean;
  /** What a log tells of the time before: all of it, or where things stand. */
  begin: 'all' | 'now';
  /** What Ctrl-C leaves behind, in words. */
  onInterrupt: string;
}

/** Somebody pressed Ctrl-C; the message says what goes on without them. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/** Shows the progress on standard error until `until` holds; survives a lost connection. Throws Interrupted. */
export async function follow(context: Context, client: Cutover, service: string, options: FollowOptions): Promise<StatusDocument> {
  giveWay();
  const view = context.out.terminal === null ? lines(context, options.begin) : live(context, context.out.terminal);
  const interruption = untilInterrupted(options.onInterrupt);
  try {
    return await Promise.race([watchUntil(client, service, options, view), interruption.promise]);
  } finally {
    interruption.stop();
    view.end();
  }
}

/** Who only watches lets those work who are watched: a hundred jobs may follow their deployments on one machine. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not everybody may.
  }
}

interface View {
  show(status: StatusDocument): void;
  trouble(message: string | null): void;
  end(): void;
}

async function watchUntil(client: Cutover, service: string, options: FollowOptions, view: View): Promise<StatusDocument> {
  const changes = client.watch(service, { deploymentId: options.deploymentId, onConnection: view.trouble });
  for await (const status of changes) {
    view.show(status);
    if (options.until(status)) return status;
  }
  throw new Error('a watch ended by itself');
}

/** For a log: one line for each change. */
function lines({ out }: Context, begin: FollowOptions['begin']): View {
  let before: StatusDocument | null = null;
  const say = (line: string): void => out.note(`${out.errorStyle.dim(clock(Date.now()))} ${line}`);
  return {
    show: (status) => {
      const first = before === null && begin === 'now';
      const news = first ? phaseLines(status, out.errorStyle) : changeLines(before, status, out.errorStyle, Date.now());
      for (const line of news) say(line);
      before = status;
    },
    trouble: (message) => say(troubleLine(message)),
    end: () => {},
  };
}

/** For a terminal: the whole status, drawn over itself, with the clocks running. */
function live({ out }: Context, terminal: NodeJS.WriteStream): View {
  const block = liveBlock(terminal);
  let status: StatusDocument | null = null;
  let trouble: string | null = null;
  const draw = (): void => {
    if (status === null) return;
    block.draw([...statusLines(status, out.errorStyle, Date.now()), ...(trouble === null ? [] : [out.errorStyle.yellow(trouble)])]);
  };
  const timer = setInterval(draw, 250);
  return {
    show: (next) => {
      status = next;
      draw();
    },
    trouble: (message) => {
      trouble = message === null ? null : troubleLine(message);
      if (status === null && trouble !== null) out.note(trouble);
      draw();
    },
    end: () => {
      clearInterval(timer);
      block.end();
    },
  };
}

const troubleLine = (message: string | null): string =>
  message === null ? 'connected again' : `${message}; still trying, the deployment is not affected`;

function untilInterrupted(message: string): { promise: Promise<never>; stop(): void } {
  let stop = (): void => {};
  const promise = new Promise<never>((_resolve, reject) => {
    const interrupt = (): void => reject(new Interrupted(message));
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    stop = () => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  });
  return { promise, stop };
}
