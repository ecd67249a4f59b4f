import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { ChangeBuffer } from './change-buffer.ts';
import type { TableCatalogue } from './table-catalogue.ts';

/** What those who tell subscribers of changes share. */
export interface LaneOptions {
  /** As it is now: settings may change. */
  readonly project: () => Project;
  readonly observe: Observe;
  readonly catalogue: TableCatalogue;
  readonly buffer: ChangeBuffer;
  /** Aborted when there is nobody left to tell. */
  readonly signal: AbortSignal;
}
