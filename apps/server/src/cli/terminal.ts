import { createInterface } from 'node:readline/promises';
import { wantsColour } from '@ashlar/telemetry';

type Ink = 'bold' | 'dim' | 'red' | 'green';

/** What a command writes to and asks. */
export interface Terminal {
  /** Results, on standard output. */
  out(text: string): void;
  /** Everything else, on standard error. */
  note(text: string): void;
  paint(ink: Ink, text: string): string;
  /** Somebody looks at standard output. */
  readonly interactive: boolean;
  /** And wants colours there. */
  readonly coloured: boolean;
  /** Null when nobody can answer. */
  ask(question: string): Promise<string | null>;
  /** Shows what is being waited for, on a terminal only; the returned function takes it away. */
  wait(what: string): () => void;
  /** Shows how far something is, on a terminal only, in place of what it showed before; nothing takes it away. */
  progress(text: string): void;
}

const CODES: Readonly<Record<Ink, number>> = { bold: 1, dim: 2, red: 31, green: 32 };
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPINNER_STEP_MS = 80;

/** @param noColor The variable NO_COLOR: https://no-color.org */
export function createTerminal(noColor: string | undefined): Terminal {
  const { stdin, stdout, stderr } = process;
  const coloured = wantsColour(stdout, noColor);
  return {
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    paint: (ink, text) => (coloured ? `\u001b[${CODES[ink]}m${text}\u001b[0m` : text),
    coloured,
    interactive: stdout.isTTY,
    async ask(question) {
      if (!stdin.isTTY || !stderr.isTTY) return null;
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    progress(text) {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${text.slice(0, Math.max(stderr.columns - 1, 1))}`);
    },
    wait(what) {
      if (!stderr.isTTY) return () => undefined;
      let step = 0;
      const timer = setInterval(() => {
        stderr.write(`\r${SPINNER[(step += 1) % SPINNER.length]} ${what}`);
      }, SPINNER_STEP_MS);
      return () => {
        clearInterval(timer);
        stderr.write('\r\u001b[K');
      };
    },
  };
}
