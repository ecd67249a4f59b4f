import type { SqlRole } from './job-request.ts';

/** A schedule as the project's database has it. */
export interface ScheduleDefinition {
  readonly id: string;
  readonly name: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly task: string;
  readonly payload: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly missed: 'skip' | 'once' | 'all';
  readonly overlap: 'skip' | 'allow';
  readonly active: boolean;
  readonly authority: SqlRole;
}
