/** The last entry of a backup: without it the file is not whole. */
export const MANIFEST_PATH = 'manifest.json';
export const BACKUP_FORMAT = 1;

export interface BackupManifest {
  readonly format: number;
  /** Major version of the server whose files these are: `18`. */
  readonly postgres: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly entries: number;
  /** Bytes of all files before compression. */
  readonly contentBytes: number;
  /** Of every entry's type, mode, size, path and content, in order; lower-case hex. */
  readonly sha256: string;
}

/** @returns undefined when the text is no manifest. */
export function parseManifest(text: string): BackupManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Partial<Record<keyof BackupManifest, unknown>>; // looked at one by one below
  const { format, postgres, createdAt, entries, contentBytes, sha256 } = fields;
  if (typeof format !== 'number' || typeof postgres !== 'string' || typeof createdAt !== 'string') return undefined;
  if (typeof entries !== 'number' || typeof contentBytes !== 'number' || typeof sha256 !== 'string') return undefined;
  return { format, postgres, createdAt, entries, contentBytes, sha256 };
}
