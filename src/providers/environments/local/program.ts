import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { Failure } from '../../../core/failure.ts';

/** Throws DeployFailed that names the program, where the launcher could only say "exit code 127". */
export function requireProgram(program: string, folder: string, path: string): void {
  if (!isFolder(folder)) throw new Failure('DeployFailed', `the folder ${folder} that ${program} is to run in does not exist`);
  const candidates = program.includes('/')
    ? [resolve(folder, program)]
    : path.split(delimiter).map((entry) => resolve(folder, join(entry, program)));
  if (candidates.some(isExecutable)) return;
  const where = program.includes('/') ? `: ${candidates[0]} is no executable file` : ' in any folder of PATH';
  throw new Failure('DeployFailed', `environment.command: the program ${program} was not found${where}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
