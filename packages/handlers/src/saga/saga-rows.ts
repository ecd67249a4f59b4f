import type { Localised } from '@ashlar/kernel';

export const SAGA_STATUSES = ['waiting', 'running', 'needs_help', 'completed', 'undone'] as const;
export type SagaStatus = (typeof SAGA_STATUSES)[number];
export type StepState = 'pending' | 'failing' | 'stuck' | 'done' | 'refused';

/** A type, since rows of queries are records. */
export type SagaRow = {
  readonly id: string;
  readonly saga: string;
  readonly key: string;
  readonly org_id: string;
  readonly status: SagaStatus;
  readonly state: unknown;
  /** Facts it knows of. */
  readonly version: number;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly updated_at: Date;
  readonly ended_at: Date | null;
};

export type StepRow = {
  readonly name: string;
  readonly seq: number;
  readonly use_case: string;
  readonly input: unknown;
  readonly state: StepState;
  readonly attempts: number;
  readonly tries: number;
  readonly given_up: boolean;
  readonly last_error: string | null;
  readonly output: unknown;
  readonly next_attempt_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export type DeadlineRow = { readonly name: string; readonly due_at: Date; readonly told_at: Date | null };

export type TaskKind = 'saga' | 'step' | 'fault';
export type TaskRow = {
  readonly kind: TaskKind;
  readonly name: string;
  readonly title: Localised;
  readonly state: 'open' | 'settled' | 'dropped';
  readonly opened_at: Date;
  readonly ended_at: Date | null;
  readonly note: string | null;
  readonly settled_by: string | null;
};

export type LogRow = {
  readonly seq: number;
  readonly at: Date;
  readonly fact: unknown;
  readonly actor_kind: string | null;
  readonly actor_id: string | null;
};
