import { commonErrors, type ErrorFactory, type Permission } from '@ashlar/kernel';
import { z } from 'zod';
import type { SagaFilter } from './read-sagas.ts';
import { sagaDetail, sagaList } from './saga-answers.ts';
import { SAGA_STATUSES } from './saga-rows.ts';

const MAX_LIMIT = 200;
const MAX_TEXT = 500;
const Text = z.string().trim().min(1).max(MAX_TEXT);

const Filter = z.object({
  status: z.enum(SAGA_STATUSES).optional(),
  saga: z.string().max(200).optional(),
  key: z.string().max(MAX_TEXT).optional(),
  after: z.uuid().optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
});
const Nothing = z.object({});
const Undo = z.object({ reason: Text });
const Settle = z.object({ task: z.string().min(1).max(300), note: Text });

/** One of the routes below `/api/v1/sagas`: what is served, and what is said of it in OpenAPI. */
export interface SagaRoute<Input = unknown> {
  readonly method: 'GET' | 'POST';
  /** `:id` is an instance's. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly permission: Permission;
  /** Of the address of a GET, of the body of a POST. */
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType;
  /** Beside what any of them may refuse. */
  readonly errors: readonly ErrorFactory[];
}

const looking = { method: 'GET', permission: 'suites.sagas' } as const;
const steering = {
  method: 'POST',
  permission: 'suites.steer',
  output: sagaDetail,
  errors: [commonErrors.notFound, commonErrors.illegalTransition],
} as const;

export interface SagaRoutes {
  readonly list: SagaRoute<SagaFilter>;
  readonly show: SagaRoute<object>;
  readonly retry: SagaRoute<object>;
  readonly undo: SagaRoute<{ readonly reason: string }>;
  readonly settle: SagaRoute<{ readonly task: string; readonly note: string }>;
}

/** Whoever adds a route adds it here: it is served and described by the same line. */
export const sagaRoutes: SagaRoutes = {
  list: {
    ...looking,
    path: '/',
    operationId: 'listSagas',
    summary: 'Instances of the organisation, the newest first.',
    input: Filter,
    output: sagaList,
    errors: [],
  },
  show: {
    ...looking,
    path: '/:id',
    operationId: 'showSaga',
    summary: 'An instance with its steps, times, tasks and log.',
    input: Nothing,
    output: sagaDetail,
    errors: [commonErrors.notFound],
  },
  retry: {
    ...steering,
    path: '/:id/retry',
    operationId: 'retrySaga',
    summary: 'Tries failing and stuck steps at once, with all their attempts.',
    input: Nothing,
  },
  undo: {
    ...steering,
    path: '/:id/undo',
    operationId: 'undoSaga',
    summary: 'Tells the saga that it is to be undone; its plan says what there is to undo.',
    input: Undo,
  },
  settle: {
    ...steering,
    path: '/:id/settle',
    operationId: 'settleSaga',
    summary: 'Says that a task is done with; settling `step:<name>` gives a stuck step up.',
    input: Settle,
  },
};
