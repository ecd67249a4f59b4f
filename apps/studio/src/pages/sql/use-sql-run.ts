import { useCallback, useRef, useState } from 'react';
import { failedRun, type SqlAnswer, sqlConsole, type SqlError, type SqlQuestion } from '../../api/sql-console.ts';

export interface SqlRun {
  readonly question: Omit<SqlQuestion, 'id'>;
  readonly answer: SqlAnswer | null;
  /** What PostgreSQL said. */
  readonly error: SqlError | null;
  /** What was refused, or did not arrive. */
  readonly failure: unknown;
}

export interface SqlRunner {
  readonly last: SqlRun | null;
  readonly isRunning: boolean;
  readonly run: (question: Omit<SqlQuestion, 'id'>) => Promise<SqlRun>;
  readonly cancel: () => Promise<void>;
}

/** One run at a time, which can be ended. */
export function useSqlRun(ref: string): SqlRunner {
  const [last, setLast] = useState<SqlRun | null>(null);
  const [isRunning, setRunning] = useState(false);
  const current = useRef<string>(null);
  const run = useCallback(
    async (question: Omit<SqlQuestion, 'id'>): Promise<SqlRun> => {
      const id = crypto.randomUUID();
      current.current = id;
      setRunning(true);
      const done = await ask(ref, { ...question, id });
      if (current.current === id) {
        current.current = null;
        setLast(done);
        setRunning(false);
      }
      return done;
    },
    [ref],
  );
  const cancel = useCallback(async () => {
    const id = current.current;
    if (id === null) return;
    // It may have ended by itself meanwhile; its answer says what became of it.
    await sqlConsole.cancel(ref, id).catch(() => undefined);
  }, [ref]);
  return { last, isRunning, run, cancel };
}

async function ask(ref: string, { id, ...question }: SqlQuestion): Promise<SqlRun> {
  try {
    return { question, answer: await sqlConsole.run(ref, { id, ...question }), error: null, failure: null };
  } catch (failure) {
    const failed = failedRun(failure);
    return { question, answer: failed, error: failed?.error ?? null, failure };
  }
}
