import type { ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Color } from '../../../core/plan.ts';
import { runFolder } from './claim.ts';

/** How a process ended: a code, or the signal that ended it. */
export interface Exit {
  code: number | null;
  signal: string | null;
  at: string;
}

/** Only the parent learns how a process ended. It keeps that here, and in a file for the workers after it. */
const seen = new Map<string, Exit>();
const awaited = new Map<string, Promise<void>>();

const exitFile = (stateDir: string, color: Color, instance: string): string => join(runFolder(stateDir), `${color}.${instance}.exit`);

export function watchExit(child: ChildProcess, stateDir: string, color: Color, instance: string): void {
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      const exit = { code, signal, at: new Date().toISOString() };
      resolve();
      // Already replaced by another start: nobody will ask any more.
      if (!awaited.has(instance)) return;
      seen.set(instance, exit);
      try {
        writeFileSync(exitFile(stateDir, color, instance), JSON.stringify(exit), { mode: 0o600 });
      } catch {
        // On a full disk this worker still knows; the next one will say that it does not.
      }
    });
  });
  awaited.set(instance, ended);
}

/** Null while nobody has seen it end. */
export function exitSeen(stateDir: string, color: Color, instance: string): Exit | null {
  const mine = seen.get(instance);
  if (mine) return mine;
  try {
    return JSON.parse(readFileSync(exitFile(stateDir, color, instance), 'utf8')) as Exit;
  } catch {
    return null;
  }
}

/** How a process that is gone ended; null when nobody saw it (its worker was gone, too). */
export async function exitOf(stateDir: string, color: Color, instance: string): Promise<Exit | null> {
  // The process table shows the end a moment before the parent is told.
  await Promise.race([awaited.get(instance), sleep(500, undefined, { ref: false })]);
  return exitSeen(stateDir, color, instance);
}

export function dropExit(stateDir: string, color: Color, instance: string): void {
  seen.delete(instance);
  awaited.delete(instance);
  rmSync(exitFile(stateDir, color, instance), { force: true });
}

export function describeExit(exit: Exit | null): string {
  if (exit === null) return 'is gone (nobody saw how it ended)';
  return exit.signal === null ? `exited with code ${exit.code}` : `was ended by ${exit.signal}`;
}
