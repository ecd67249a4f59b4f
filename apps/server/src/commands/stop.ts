import { setTimeout as delay } from 'node:timers/promises';
import { processStart } from '@ashlar/postgres';
import { cliErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { instancePaths } from '../instance/instance-paths.ts';
import { readRunState, type RunState } from '../instance/run-state.ts';

/** A stop takes at most 5 s; the rest is for a busy machine. */
const WAIT_SECONDS = 10;
const POLL_MS = 50;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Stops the instance that ashlar start runs, and waits until it is gone.',
  options: { force: { type: 'boolean', about: 'End it at once, as a crash would; nothing acknowledged is lost.' } },
  configGroups: ['instance'],

  async run({ config, terminal, isSet }) {
    const { data, run } = instancePaths(config.instance.data);
    const state = readRunState(run);
    if (state === null) throw cliErrors.notRunning({ folder: data });
    process.kill(state.pid, isSet('force') ? 'SIGKILL' : 'SIGTERM');
    const done = terminal.wait(`Stopping process ${state.pid} …`);
    const gone = await waitUntilGone(state);
    done();
    if (!gone) throw cliErrors.stopTimeout({ pid: state.pid, seconds: WAIT_SECONDS });
    terminal.out(`Stopped process ${state.pid}.`);
    return 0;
  },
};

async function waitUntilGone(state: RunState): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < WAIT_SECONDS * 1_000; waitedMs += POLL_MS) {
    if (processStart(state.pid) !== state.processStart) return true;
    await delay(POLL_MS);
  }
  return false;
}
