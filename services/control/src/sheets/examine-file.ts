import { TypeGuesser, type TypeGuess } from './formats/guess-type.ts';
import { detectForm, type FileForm, readHeadings, readRows } from './formats/source-file.ts';
import type { Cell } from './formats/source-row.ts';

export interface SourceColumn extends TypeGuess {
  readonly name: string;
}

/** What a file holds, found by reading all of it once. */
export interface Examined {
  readonly form: FileForm;
  /** Names of a workbook's sheets. */
  readonly sheets: readonly string[];
  readonly columns: readonly SourceColumn[];
  /** Rows below the headings. */
  readonly rows: number;
  /** Rows that cannot be loaded, whatever the table. */
  readonly faulty: number;
  /** The first rows, to look at. */
  readonly sample: readonly (readonly Cell[])[];
}

const SAMPLE_ROWS = 20;
const MAX_SHOWN_LENGTH = 200;

/**
 * @param asked What somebody chose against what was detected.
 * @throws {FileFault}
 */
export async function examineFile(
  path: string,
  asked: {
    readonly delimiter?: string;
    readonly encoding?: string;
    readonly headings?: boolean;
    readonly sheet?: string;
  },
  signal: AbortSignal,
): Promise<Examined> {
  const { sheets, ...detected } = await detectForm(path);
  const form = chosenForm(detected, asked);
  const names = await readHeadings(path, form);
  const guessers = names.map(() => new TypeGuesser());
  const sample: (readonly Cell[])[] = [];
  let rows = 0;
  let faulty = 0;
  for await (const { cells, fault } of readRows(path, form, names)) {
    rows += 1;
    if (rows % 1000 === 0) signal.throwIfAborted();
    if (fault === undefined) for (const [at, guesser] of guessers.entries()) guesser.see(cells[at] ?? null);
    else faulty += 1;
    if (sample.length < SAMPLE_ROWS) sample.push(cells.map((cell) => cell?.slice(0, MAX_SHOWN_LENGTH) ?? null));
  }
  const columns = names.map((name, at) => ({ name, ...(guessers[at] ?? new TypeGuesser()).guess }));
  return { form, sheets, columns, rows, faulty, sample };
}

function chosenForm(form: FileForm, asked: Parameters<typeof examineFile>[1]): FileForm {
  const { delimiter, encoding, headings, sheet } = asked;
  switch (form.format) {
    case 'csv':
      return {
        ...form,
        ...(delimiter === undefined ? {} : { delimiter }),
        ...(encoding === undefined ? {} : { encoding: encoding as typeof form.encoding }),
        ...(headings === undefined ? {} : { headings }),
      };
    case 'json':
      return encoding === undefined ? form : { ...form, encoding: encoding as typeof form.encoding };
    case 'xlsx':
      return { ...form, ...(sheet === undefined ? {} : { sheet }), ...(headings === undefined ? {} : { headings }) };
  }
}
