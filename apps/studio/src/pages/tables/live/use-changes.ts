import type { OwnRowSource } from '@ashlar/ui/grid';
import { useEffect, useEffectEvent, useState } from 'react';
import { ApiError } from '../../../api/api-error.ts';
import { linesOf, sendForStream } from '../../../api/send.ts';
import { readByKeys } from '../rows/read-rows.ts';
import { rowKey } from '../rows/row-key.ts';
import type { TableShape } from '../rows/table-shape.ts';

interface Word {
  readonly live?: boolean;
  readonly changes?: readonly { readonly kind: 'insert' | 'update' | 'delete'; readonly key: readonly string[] }[];
  readonly more?: boolean;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** While somebody types, rows must not move below their hands; it is looked again whether they are done. */
const LOOK_AGAIN_MS = 400;

/**
 * Shows what others change while a table is looked at: changed rows at once, new and deleted ones as soon as nobody is
 * typing.
 *
 * @returns Whether changes arrive by themselves, and whether some wait.
 */
export function useChanges(
  ref: string,
  shape: TableShape,
  source: OwnRowSource,
  refresh: () => void,
): { readonly isLive: boolean; readonly isWaiting: boolean } {
  const [isLive, setLive] = useState(false);
  const [isWaiting, setWaiting] = useState(false);
  const { schema, name, key } = shape;

  const take = useEffectEvent(async ({ changes = [], more = false }: Word, signal: AbortSignal) => {
    const updated = changes.filter(({ kind }) => kind === 'update').map((change) => change.key);
    if (updated.length > 0) {
      const rows = await readByKeys(ref, shape, updated, signal);
      source.patch(rows.map(({ key: rowName, values, labels = {} }) => ({ key: rowName, values, labels })));
      const found = new Set(rows.map((row) => row.key));
      if (updated.some((one) => !found.has(rowKey(one)))) setWaiting(true);
    }
    if (more || updated.length < changes.length) setWaiting(true);
  });
  const refreshNow = useEffectEvent(refresh);

  useEffect(() => {
    if (key.length === 0) return undefined;
    const stop = new AbortController();
    const query = new URLSearchParams({ schema, table: name, key: JSON.stringify(key.map((column) => column.name)) });
    void listen(`/control/v1/projects/${encodeURIComponent(ref)}/changes?${query}`, stop.signal, async (word) => {
      if (word.live !== undefined) setLive(word.live);
      await take(word, stop.signal);
    }).finally(() => setLive(false));
    return () => stop.abort();
  }, [ref, schema, name, key]);

  useEffect(() => {
    if (!isWaiting) return undefined;
    const look = setInterval(() => {
      if (isTyping()) return;
      setWaiting(false);
      refreshNow();
    }, LOOK_AGAIN_MS);
    return () => clearInterval(look);
  }, [isWaiting]);

  return { isLive, isWaiting };
}

function isTyping(): boolean {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && activeElement.closest('.g-layer') !== null;
}

/** Listens until it is told to stop, or that nothing will come; a line that breaks is taken up again. */
async function listen(path: string, signal: AbortSignal, onWord: (word: Word) => Promise<void>): Promise<void> {
  let waitMs = FIRST_WAIT_MS;
  let wasLive = false;
  while (!signal.aborted) {
    try {
      const response = await sendForStream(path, { signal });
      // Changes may have passed while nobody listened.
      if (wasLive) await onWord({ more: true });
      for await (const line of linesOf(response)) {
        const word = JSON.parse(line) as Word;
        if (word.live === false) return;
        wasLive = true;
        waitMs = FIRST_WAIT_MS;
        await onWord(word);
      }
    } catch (error) {
      if (signal.aborted || (error instanceof ApiError && error.status < 500 && error.status !== 429)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }
}
