import { AshlarError, type AnyUseCase, commonErrors, type Suite } from '@ashlar/kernel';

/** What `suites.begin_use_case` raises. */
const BEGIN = {
  denied: 'SU001',
  orgMissing: 'SU002',
  keyOfAnother: 'SU003',
  answerKnown: 'SU004',
  notAdded: 'SU005',
  notSignedIn: 'SU006',
} as const;

/** Nothing was done, and the same again may succeed: two transactions were in each other's way. */
const COLLISIONS: ReadonlySet<string> = new Set(['40001', '40P01']);
const LOCK_NOT_AVAILABLE = '55P03';
const QUERY_CANCELED = '57014';
/** No such login: the suite was never added to this project, or was taken away a moment ago. */
const NO_ENTRY: ReadonlySet<string> = new Set(['28P01', '28000']);

function sqlStateOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isCollision(error: unknown): boolean {
  return COLLISIONS.has(sqlStateOf(error) ?? '');
}

export function isAnswerKnown(error: unknown): boolean {
  return sqlStateOf(error) === BEGIN.answerKnown;
}

/** What the database refused, in the words of the suite; what is nobody's to know comes back as it is. */
export function translateError(
  error: unknown,
  suite: Pick<Suite, 'name' | 'constraints'>,
  useCase: Pick<AnyUseCase, 'name' | 'permission'>,
): unknown {
  if (error instanceof AshlarError) {
    const isShutOut = NO_ENTRY.has(sqlStateOf(error.cause) ?? '');
    return isShutOut ? commonErrors.suiteNotInstalled({ suite: suite.name }, { cause: error }) : error;
  }
  const state = sqlStateOf(error);
  if (state === undefined) return error;
  const cause = { cause: error };
  switch (state) {
    case BEGIN.denied:
      return commonErrors.permissionDenied({ useCase: useCase.name, permission: useCase.permission }, cause);
    case BEGIN.orgMissing:
      return commonErrors.orgMissing({}, cause);
    case BEGIN.keyOfAnother:
      return commonErrors.idempotencyConflict({}, cause);
    case BEGIN.notAdded:
      return commonErrors.suiteNotInstalled({ suite: suite.name }, cause);
    case BEGIN.notSignedIn:
      return commonErrors.unauthenticated({ useCase: useCase.name }, cause);
    case LOCK_NOT_AVAILABLE:
      return commonErrors.busy({}, cause);
    case QUERY_CANCELED:
      return commonErrors.tooSlow({ useCase: useCase.name }, cause);
  }
  if (isCollision(error)) return commonErrors.busy({}, cause);
  if (state.startsWith('23')) return constraintError(error, suite) ?? error;
  if (state === '22003' || state === '22001') {
    const field = { pointer: '', code: 'out_of_range', detail: 'A value does not fit where it is kept' };
    return commonErrors.invalidInput({ count: 1 }, { fields: [field], cause: error });
  }
  return error;
}

/** A rule the database holds has the words the suite gave it. */
function constraintError(error: unknown, suite: Pick<Suite, 'constraints'>): AshlarError | null {
  const name = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  if (typeof name !== 'string' || !Object.hasOwn(suite.constraints, name)) return null;
  return suite.constraints[name]?.({ constraint: name }, { cause: error }) ?? null;
}
