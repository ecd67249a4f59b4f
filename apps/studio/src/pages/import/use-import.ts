import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { queries } from '../../api/queries.ts';
import {
  type ExaminedFile,
  imports,
  type LoadOrder,
  type LoadOutcome,
  type LoadProgress,
  type Reading,
} from '../../api/sheets.ts';

/** Where an import stands. */
export type ImportStage =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'sending'; readonly bytes: number }
  | { readonly kind: 'reading' }
  | { readonly kind: 'mapping' }
  | { readonly kind: 'loading'; readonly isDryRun: boolean; readonly progress: LoadProgress }
  | { readonly kind: 'done'; readonly order: LoadOrder; readonly outcome: LoadOutcome };

export interface Import {
  readonly stage: ImportStage;
  readonly file: File | null;
  readonly examined: ExaminedFile | null;
  /** What the last try came to. */
  readonly tried: LoadOutcome | null;
  readonly error: unknown;
  readonly wasStopped: boolean;
  readonly faultsUrl: string | null;
  readonly choose: (file: File) => void;
  readonly read: (reading: Reading) => void;
  readonly load: (order: LoadOrder) => void;
  readonly stop: () => void;
  readonly startOver: () => void;
}

const NOTHING: LoadProgress = { read: 0, loaded: 0, faulty: 0 };

/** Sends a file, has it looked at, tries it out and loads it; leaving the page ends what is under way. */
export function useImport(ref: string): Import {
  const client = useQueryClient();
  const [stage, setStage] = useState<ImportStage>({ kind: 'choosing' });
  const [file, setFile] = useState<File | null>(null);
  const [id, setId] = useState<string | null>(null);
  const [examined, setExamined] = useState<ExaminedFile | null>(null);
  const [tried, setTried] = useState<LoadOutcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [wasStopped, setStopped] = useState(false);
  const work = useRef<AbortController | null>(null);
  useEffect(() => () => work.current?.abort(), []);

  function run(after: ImportStage, task: (signal: AbortSignal) => Promise<void>): void {
    work.current?.abort();
    const stop = new AbortController();
    work.current = stop;
    setError(null);
    setStopped(false);
    task(stop.signal).catch((cause: unknown) => {
      if (work.current !== stop) return;
      setStage(after);
      if (stop.signal.aborted) setStopped(true);
      else setError(cause);
    });
  }

  async function examine(upload: string, reading: Reading, signal: AbortSignal): Promise<void> {
    setStage({ kind: 'reading' });
    setTried(null);
    const found = await imports.examine(ref, upload, reading, signal);
    signal.throwIfAborted();
    setExamined(found);
    setStage({ kind: 'mapping' });
  }

  return {
    stage,
    file,
    examined,
    tried,
    error,
    wasStopped,
    faultsUrl: id === null ? null : imports.faultsUrl(ref, id),
    choose(chosen) {
      setFile(chosen);
      setExamined(null);
      setStage({ kind: 'sending', bytes: 0 });
      run({ kind: 'choosing' }, async (signal) => {
        const upload = await imports.upload(ref, chosen, (bytes) => setStage({ kind: 'sending', bytes }), signal);
        setId(upload);
        await examine(upload, {}, signal);
      });
    },
    read(reading) {
      if (id !== null) run({ kind: 'mapping' }, (signal) => examine(id, reading, signal));
    },
    load(order) {
      if (id === null) return;
      const isDryRun = order.dry_run;
      setTried(null);
      setStage({ kind: 'loading', isDryRun, progress: NOTHING });
      run({ kind: 'mapping' }, async (signal) => {
        const outcome = await imports.load(
          ref,
          id,
          order,
          (progress) => setStage({ kind: 'loading', isDryRun, progress }),
          signal,
        );
        signal.throwIfAborted();
        if (outcome.committed) {
          setStage({ kind: 'done', order, outcome });
          await client.invalidateQueries(queries.structure(ref));
        } else {
          setTried(outcome);
          setStage({ kind: 'mapping' });
        }
      });
    },
    stop: () => work.current?.abort(),
    startOver() {
      if (id !== null) void imports.remove(ref, id).catch(() => undefined);
      setId(null);
      setFile(null);
      setExamined(null);
      setTried(null);
      setError(null);
      setStage({ kind: 'choosing' });
    },
  };
}
