import type { Localised } from '@ashlar/kernel';
import { z } from 'zod';
import { SAGA_STATUSES, type SagaStatus } from './saga-rows.ts';

const When = z.iso.datetime();
const Title = z.object({ en: z.string() }).catchall(z.string()).describe('By language');

/** An instance as a list shows it. */
export interface SagaSummary {
  readonly id: string;
  readonly saga: string;
  readonly title: Localised | null;
  readonly key: string;
  readonly status: SagaStatus;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly updatedAt: string;
  readonly endedAt: string | null;
}

/** With all that is known of it. */
export interface SagaDetail extends SagaSummary {
  readonly state: unknown;
  readonly steps: readonly object[];
  readonly deadlines: readonly object[];
  readonly tasks: readonly { readonly task: string; readonly title: Localised; readonly state: string }[];
  readonly log: readonly object[];
}

// The same as documents say it, member by member.

const Summary = z.object({
  id: z.uuid(),
  saga: z.string().describe('`suite.process`'),
  title: Title.nullable().describe('Null where this version of the program has no such saga'),
  key: z.string().describe('What it is about, such as the id of an order'),
  status: z.enum(SAGA_STATUSES),
  createdAt: When,
  startedAt: When.nullable(),
  updatedAt: When,
  endedAt: When.nullable(),
});

const Step = z.object({
  name: z.string(),
  useCase: z.string(),
  state: z.enum(['pending', 'failing', 'stuck', 'done', 'refused']),
  attempts: z.int(),
  lastError: z.string().nullable(),
  nextAttemptAt: When.nullable(),
  input: z.unknown(),
  output: z.unknown().describe('Null before it is done'),
  createdAt: When,
  updatedAt: When,
});

const Deadline = z.object({ name: z.string(), dueAt: When, toldAt: When.nullable() });

const Task = z.object({
  task: z.string().describe('What `settle` names it by'),
  title: Title,
  state: z.enum(['open', 'settled', 'dropped']),
  openedAt: When,
  endedAt: When.nullable(),
  note: z.string().nullable(),
  settledBy: z.string().nullable().describe('A user'),
});

const Entry = z.object({
  seq: z.int(),
  at: When,
  fact: z.unknown().describe('What it was told'),
  actor: z.object({ kind: z.string(), id: z.string().nullable() }).optional().describe('Where a person told it'),
});

export const sagaDetail: z.ZodType = Summary.extend({
  state: z.unknown().describe('What it knows, as its suite keeps it'),
  steps: z.array(Step),
  deadlines: z.array(Deadline),
  tasks: z.array(Task),
  log: z.array(Entry).describe('The newest thousand facts, the oldest of them first'),
});

export const sagaList: z.ZodType = z.object({
  sagas: z.array(Summary),
  next: z.uuid().nullable().describe('`after` of the next page; null at the end'),
});
