import type { PastedTable } from '../changes/paste-plan.ts';
import { writeHtmlTable } from '../clipboard/html-table.ts';
import { readClipboard } from '../clipboard/read-clipboard.ts';
import { writeTsv } from '../clipboard/tsv.ts';
import { isCopyable, tableHere, tableOf } from '../model/copy.ts';
import type { Edits } from '../model/edits.ts';
import type { GridModel } from '../model/grid-model.ts';
import { mainRange } from '../selection/selection.ts';
import type { CellValue } from '../types/field-type.ts';

type Table = readonly (readonly CellValue[])[];

/** Binds copy, cut and paste of a focused grid to its selection. @returns A function that lets go. */
export function bindClipboard(root: HTMLElement, model: GridModel, edits: Edits): () => void {
  const fail = (error: unknown): void => {
    model.options.onNotice?.(error instanceof Error ? error.message : String(error), error);
  };
  const onCopy = (event: ClipboardEvent): void => {
    const range = mainRange(model.selection);
    if (range.top < 0 || event.clipboardData === null) return;
    event.preventDefault();
    if (!isCopyable(range)) {
      model.options.onNotice?.(model.options.messages.tooMuch);
      return;
    }
    const here = tableHere(model, range);
    const isCut = event.type === 'cut';
    const clear = (): Promise<void> => (isCut ? edits.clear([range], 'cut') : Promise.resolve());
    if (here !== undefined) {
      event.clipboardData.setData('text/plain', writeTsv(here));
      event.clipboardData.setData('text/html', writeHtmlTable(here));
      clear().catch(fail);
      return;
    }
    // Rows that are not here have to be read first, and by then the event is over.
    const copyLater = async (): Promise<void> => {
      const table = await tableOf(model, edits, range);
      if (table === undefined) return;
      await writeLater(table);
      await clear();
    };
    copyLater().catch(fail);
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (event.clipboardData === null || !model.canEdit) return;
    event.preventDefault();
    const plain = event.clipboardData.getData('text/plain');
    const table = readClipboard(plain, event.clipboardData.getData('text/html'));
    pasteAndSelect(table, model, edits).catch(fail);
  };
  root.addEventListener('copy', onCopy);
  root.addEventListener('cut', onCopy);
  root.addEventListener('paste', onPaste);
  return () => {
    root.removeEventListener('copy', onCopy);
    root.removeEventListener('cut', onCopy);
    root.removeEventListener('paste', onPaste);
  };
}

async function pasteAndSelect(table: PastedTable, model: GridModel, edits: Edits): Promise<void> {
  const range = await edits.paste(table);
  if (range === undefined) return;
  const active = { row: range.top, column: range.start };
  model.select({ active, focus: { row: range.bottom, column: range.end }, others: [] });
}

const blob = (type: string, text: string): Blob => new Blob([text], { type });

async function writeLater(table: Table): Promise<void> {
  await navigator.clipboard.write([
    new ClipboardItem({
      'text/plain': blob('text/plain', writeTsv(table)),
      'text/html': blob('text/html', writeHtmlTable(table)),
    }),
  ]);
}
