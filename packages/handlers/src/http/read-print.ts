import { commonErrors, type PrintedLanguage, type PrintedPaper } from '@ashlar/kernel';

/** Members of the address that say how a document is printed; all others are its query's. */
export const PRINT_MEMBERS = ['language', 'paper', 'copy'] as const;

const LANGUAGES: readonly PrintedLanguage[] = ['en', 'ar'];
const TRUTHS = ['false', 'true'] as const;

export interface PrintWish {
  readonly language: PrintedLanguage;
  readonly paper: PrintedPaper;
  readonly isCopy: boolean;
}

type Query = Readonly<Record<string, string | readonly string[]>>;

/** @throws {AshlarError} `common.invalid_input` for what is none of the choices. */
export function readPrint(
  { language, paper, copy, ...rest }: Query,
  papers: readonly PrintedPaper[],
): { readonly wish: PrintWish; readonly rest: Query } {
  const wish = {
    language: choice('language', language, LANGUAGES),
    paper: choice('paper', paper, papers),
    isCopy: choice('copy', copy, TRUTHS) === 'true',
  };
  return { wish, rest };
}

/** The first where nothing is said. */
function choice<Value extends string>(
  member: (typeof PRINT_MEMBERS)[number],
  said: string | readonly string[] | undefined,
  choices: readonly Value[],
): Value {
  const found = said === undefined ? choices[0] : choices.find((one) => one === said);
  if (found !== undefined) return found;
  const detail = `Expected one of ${choices.join(', ')}`;
  throw commonErrors.invalidInput({ count: 1 }, { fields: [{ pointer: `/${member}`, code: 'unknown_value', detail }] });
}
