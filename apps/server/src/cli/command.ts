import type { Config, KeysConfig } from '@ashlar/config';
import type { Terminal } from './terminal.ts';

/** An option of one command; those of the configuration are added to it by group. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  /** Stands for the value in help; absent for switches. */
  readonly placeholder?: string;
  readonly short?: string;
  readonly about: string;
}

export interface Invocation {
  readonly positionals: readonly string[];
  /** Values of the command's own options. */
  readonly text: (option: string) => string | undefined;
  readonly isSet: (option: string) => boolean;
  readonly config: Config;
  /**
   * Keys written on this command line. Those of the environment and of `ashlar.toml` are the default project's; another
   * project that shared its secret would accept its tokens.
   */
  readonly keysOnLine: KeysConfig;
  readonly terminal: Terminal;
}

export interface Command {
  /** What follows the command's name: `<ref>`, `["statement"]`. */
  readonly usage: string;
  /** Least and most positional arguments. */
  readonly positionals: readonly [min: number, max: number];
  /** A paragraph for `--help`. */
  readonly about: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Groups of the configuration whose flags it takes. */
  readonly configGroups: readonly string[];
  /** @returns The exit code; 0 when nothing is returned. */
  run(invocation: Invocation): Promise<number | undefined>;
}

/** How a command is found before any of its code is loaded. */
export interface CommandEntry {
  /** `start`, or `project create`. */
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}
