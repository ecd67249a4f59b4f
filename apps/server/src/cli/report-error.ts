import { AshlarError } from '@ashlar/kernel';
import type { Terminal } from './terminal.ts';

const FAILURE = 1;
const WRONG_USAGE = 2;

/** Says what went wrong, and what to do where that is known. @returns The exit code. */
export function reportError(error: unknown, terminal: Terminal): number {
  if (!(error instanceof AshlarError)) {
    // Nothing of ours: the stack is the only thing that tells a developer where it came from.
    terminal.note(
      `${terminal.paint('red', 'ashlar:')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return FAILURE;
  }
  terminal.note(`${terminal.paint('red', 'ashlar:')} ${error.message}`);
  if (error.hint !== undefined) terminal.note(`${terminal.paint('dim', '→')} ${error.hint}`);
  return error.code.startsWith('usage.') || error.code === 'config.invalid' ? WRONG_USAGE : FAILURE;
}
