import type { SettingsSection } from '../domain/settings.ts';

/** A section as it is stored: what differs from the defaults, secrets sealed. */
export interface StoredSettings {
  readonly value: Readonly<Record<string, unknown>>;
  /** Counts up with every change, over resets too. */
  readonly version: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

export interface SettingsChange {
  readonly section: SettingsSection;
  /** Null goes back to the defaults. */
  readonly value: Readonly<Record<string, unknown>> | null;
  readonly version: number;
  readonly by: string;
  readonly at: Date;
}

export interface SettingsStore {
  read(section: SettingsSection): Promise<StoredSettings | null>;
  /** The version last given to the section, 0 when it never changed. */
  version(section: SettingsSection): Promise<number>;
  /** The same, and nobody else changes the section until the transaction ends. */
  lock(section: SettingsSection): Promise<number>;
  /** Writes the state and keeps it in the history. */
  write(change: SettingsChange): Promise<void>;
}
