import { spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * Reads a pipe only we hold: its end means that we are gone, however that happened. Then it asks the server to stop,
 * once kindly and once firmly, after looking whether the pid is still that server's.
 */
const SCRIPT = `
still_there() { read -r pid < "$1" && [ "$pid" = "$2" ] && kill -0 "$2"; } 2>/dev/null
read -r word
[ "$word" = dismissed ] && exit 0
still_there "$1" "$2" || exit 0
kill -INT "$2"
sleep 3
still_there "$1" "$2" && kill -QUIT "$2"
`;

export interface Watchdog {
  /** The server has stopped; nobody needs to be watched any more. */
  dismiss(): void;
}

/**
 * Sees to it that a server does not outlive us: a child is told nothing when its parent is killed with SIGKILL.
 * Costs one sleeping `sh`.
 */
export function watchOverServer(dataFolder: string, pid: number): Watchdog {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'ashlar-watchdog', join(dataFolder, 'postmaster.pid'), String(pid)], {
    cwd: '/',
    // In a session of its own: what ends our process group must not end the watchdog.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // Without a shell there is no watchdog; the server then stops at the next start. No reason to fail.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return { dismiss: () => child.stdin.end('dismissed\n') };
}
