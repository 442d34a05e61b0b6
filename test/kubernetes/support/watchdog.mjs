// Ends the processes that it was told of, and removes their folder, when its stdin ends: when the process that started it wishes so,
// or is gone, however it went. Argument: FOLDER. Lines: `add PID`, `remove PID`.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const pids = new Set();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [what, pid] = line.split(' ');
    if (what === 'add') pids.add(Number(pid));
    else pids.delete(Number(pid));
  })
  .on('close', () => {
    for (const pid of pids) end(pid);
    rmSync(process.argv[2], { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
