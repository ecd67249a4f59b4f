import type { Observe } from '@ashlar/telemetry';
import type { FileStore } from './file-store.ts';
import type { FileSweeper } from './file-sweeper.ts';
import type { PartialFiles } from './partial-files.ts';

/** What the routes of the service share. */
export interface StorageParts {
  readonly files: FileStore;
  /** Bytes of uploads that come in several requests. */
  readonly partials: PartialFiles;
  readonly sweeper: FileSweeper;
  /** Largest file of any bucket, in bytes. */
  readonly fileSizeLimitBytes: number;
  readonly now: () => Date;
  readonly observe: Observe;
}
