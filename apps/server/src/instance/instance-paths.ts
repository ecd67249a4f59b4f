import { join } from 'node:path';

/** Where an instance keeps what; `postgres` and the lock beside them belong to the embedded cluster. */
export interface InstancePaths {
  readonly data: string;
  /** Secrets of the instance and keys of its projects, closed to others. */
  readonly keys: string;
  /** What users stored, a folder per project. */
  readonly files: string;
  /** What is true only while a process runs. */
  readonly run: string;
  readonly postgresVersionFile: string;
}

export function instancePaths(data: string): InstancePaths {
  return {
    data,
    keys: join(data, 'keys'),
    files: join(data, 'files'),
    run: join(data, 'run'),
    postgresVersionFile: join(data, 'postgres', 'PG_VERSION'),
  };
}
