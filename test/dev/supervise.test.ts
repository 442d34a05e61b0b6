import { describe, expect, it } from 'vitest';
import { type Ending, type Running, supervise } from '../../src/dev/supervise.ts';

/** Something that dies when it is told to. */
class Patient implements Running {
  die: (ending: Ending) => void = () => {};
  stopped = false;
  readonly exited = new Promise<Ending>((resolve) => {
    this.die = resolve;
  });

  async stop(): Promise<void> {
    this.stopped = true;
  }
}

const patience = new AbortController().signal;

function supervised(start: (count: number) => Promise<Patient>) {
  const said: string[] = [];
  let count = 0;
  let news = (): void => {};
  const says = async (text: string): Promise<void> => {
    while (!said.some((line) => line.includes(text))) {
      await new Promise<void>((resolve) => {
        news = resolve;
      });
    }
  };
  const say = (line: string): void => {
    said.push(line);
    news();
  };
  const options = { name: 'the worker', advice: 'see worker.log', say, start: () => start(++count) };
  return { said, says, result: supervise(options, patience) };
}

describe('what dies is started again', () => {
  it('and the person reads how it died, then that it runs again', async () => {
    const lives: Patient[] = [];
    const { said, says, result } = supervised(async () => lives[lives.push(new Patient()) - 1]!);
    const { stop } = await result;
    lives[0]!.die({ how: 'SIGKILL', output: 'not of interest\n' });
    await says('the worker runs again');
    expect(said).toEqual(['the worker ended (SIGKILL); starting it again', 'the worker runs again']);
    await stop(patience);
    expect(lives.map(({ stopped }) => stopped)).toEqual([false, true]);
  });

  it('its last words are shown when it dies again at once, and what to do after five deaths', async () => {
    const dead = (): Patient => {
      const patient = new Patient();
      patient.die({ how: 'exit code 1', output: 'cannot read its configuration\n' });
      return patient;
    };
    const { said, says, result } = supervised(async () => dead());
    const { stop } = await result;
    await says('5 times in a row: see worker.log');
    expect(said[0]).toBe('the worker ended (exit code 1); starting it again');
    expect(said[1]).toBe('the worker runs again');
    expect(said).toContain('  cannot read its configuration');
    await stop(patience);
  });

  it('also when it cannot be started for a while', async () => {
    const { said, says, result } = supervised(async (count) => {
      if (count === 2) throw new Error('the port is taken');
      const patient = new Patient();
      if (count === 1) patient.die({ how: 'SIGKILL', output: '' });
      return patient;
    });
    const { stop } = await result;
    await says('runs again');
    expect(said).toContain('the worker ended (the port is taken); starting it again');
    await stop(patience);
  });

  it('but a first start that fails is the end of it', async () => {
    await expect(supervised(async () => Promise.reject(new Error('no disk'))).result).rejects.toThrow('no disk');
  });

  it('and not when it was told to stop', async () => {
    const patient = new Patient();
    const { said, result } = supervised(async () => patient);
    const { stop } = await result;
    await stop(patience);
    patient.die({ how: 'SIGTERM', output: '' });
    await patient.exited;
    expect(said).toEqual([]);
  });
});
