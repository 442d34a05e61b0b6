import { COLORS, type Color } from '../core/plan.ts';
import { reviveColor, runningColors, stopColor } from '../providers/environments/local/processes.ts';
import { readRecord } from '../providers/environments/local/record.ts';
import type { DevRecord } from './record.ts';

export interface Revival {
  color: Color;
  version: string;
  /** Null: it is ready. Else why it is not. */
  trouble: string | null;
}

/** The colors that are to run and do not: those that the last `cutover dev` stopped, that went with the machine, or that users are sent to. */
export async function colorsToRevive(stateDir: string, record: DevRecord, live: Color | null): Promise<Color[]> {
  const running = (await runningColors(stateDir)).map(({ color }) => color);
  return COLORS.filter((color) => {
    const former = readRecord(stateDir, color);
    if (former === null || running.includes(color)) return false;
    return former.stoppedAt === null || color === live || record.stoppedColors.includes(color);
  });
}

/** Starts what ran on the color before and waits until it is ready. Rejects only where `signal` says so. */
export async function revive(stateDir: string, color: Color, signal: AbortSignal): Promise<Revival> {
  const version = readRecord(stateDir, color)?.version ?? '';
  try {
    await reviveColor(stateDir, color, signal);
    return { color, version, trouble: null };
  } catch (error) {
    signal.throwIfAborted();
    return { color, version, trouble: (error as Error).message };
  }
}

/** Nothing of the colors runs when it resolves. `hard` kills what has not ended until then. */
export async function stopColors(stateDir: string, colors: readonly Color[], hard: AbortSignal): Promise<void> {
  const kill = async (): Promise<void> => {
    for (const { color, pid } of await runningColors(stateDir)) if (colors.includes(color)) killGroup(pid);
  };
  const onHard = (): void => void kill().catch(() => {});
  if (hard.aborted) onHard();
  hard.addEventListener('abort', onHard, { once: true });
  await Promise.all(colors.map((color) => stopColor(stateDir, color)));
  hard.removeEventListener('abort', onHard);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
