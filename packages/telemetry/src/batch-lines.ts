/** Milliseconds a line may wait for others to be written with. */
const MAX_DELAY_MS = 100;
/** Lines written at once, whatever the delay: bounds memory, and the size of a write. */
const MAX_LINES = 256;

export interface BatchedLines {
  write(line: string): void;
  /** Writes what is waiting, now. */
  flush(): void;
}

/**
 * Collects lines and writes them together: a write for every line costs as much as answering the request it tells of.
 *
 * @param write Takes whole lines, several at once.
 */
export function batchLines(write: (lines: string) => void): BatchedLines {
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const lines = waiting.join('');
    waiting = [];
    write(lines);
  }

  return {
    write: (line) => {
      waiting.push(line);
      if (waiting.length >= MAX_LINES) flush();
      else timer ??= setTimeout(flush, MAX_DELAY_MS);
    },
    flush,
  };
}
