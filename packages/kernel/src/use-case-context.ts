import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { BrandedId, BrandedIdSchema } from './branded-id.ts';
import type { NewEvent } from './event.ts';
import type { PrintedPage } from './printed-page.ts';
import type { PrintedLanguage, PrintedPaper } from './suite-document.ts';

export type OrgId = BrandedId<'OrgId'>;

/** On whose behalf something is done. */
export interface Actor {
  /** `service`: the project's secret key; `system`: the platform itself, for a schedule. */
  readonly kind: 'user' | 'service' | 'anon' | 'system';
  /** The user's id; null for all others. */
  readonly id: string | null;
}

/** What a use case of another suite is known by where it is called: the caller writes down what it relies on. */
export interface Contract<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** `suite.verb-object`. */
  readonly name: string;
  readonly input: Input;
  readonly output: Output;
}

/** What every use case is given beside its input. */
export interface UseCaseContext<Database> {
  /**
   * The suite's tables, in the transaction of this use case; row-level security holds. Column names are the
   * database's. Nothing else may be waited for while it is open: no request, no file, no sleep.
   */
  readonly db: Kysely<Database>;
  /** The one moment of this use case, the same however often it is asked. */
  readonly clock: () => Date;
  readonly actor: Actor;
  /** Whose rows these are. Row-level security lets no others through; it is for the `org_id` of new rows. */
  readonly orgId: OrgId;
  /** One id for all that belongs to this attempt, as in the audit row and in `causationid` of its events. */
  readonly requestId: string;
  /** True when all will be undone at the end, whatever comes out. */
  readonly dryRun: boolean;
  /**
   * Another use case by its contract, as the same caller: one of this suite in this transaction, a query of another
   * suite in one of its own. A command of another suite is refused: it could stay done when this one is undone, so it
   * belongs into a saga or behind an event.
   *
   * @throws The other's refusal.
   */
  call<Input extends z.ZodType, Output extends z.ZodType>(
    contract: Contract<Input, Output>,
    input: z.input<Input>,
  ): Promise<z.output<Output>>;
}

/** What a command has beforehand, while no transaction is open. */
export interface Outside {
  /** A query by its contract, as the same caller. @throws The other's refusal. */
  call<Input extends z.ZodType, Output extends z.ZodType>(
    contract: Contract<Input, Output>,
    input: z.input<Input>,
  ): Promise<z.output<Output>>;
  /** Which templates, fonts and compiler make pages here: equal pages of one edition are equal bytes. */
  readonly printerEdition: string;
  /** The SHA-256 of the file a page comes to, in hexadecimal digits. */
  hashOfPrint(
    page: PrintedPage,
    how: { readonly paper: PrintedPaper; readonly language: PrintedLanguage },
  ): Promise<string>;
}

/** Of a query: the tables are read as the caller's own role. */
export type QueryContext<Database> = UseCaseContext<Database>;

/** What of a command is worth remembering beside its name, its caller and its time. At most 64 KiB as JSON. */
export interface AuditNote {
  /** Id of what was changed. */
  readonly subject?: string;
  readonly reason?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Of a command: its writes, its audit row and its events are committed together or not at all. */
export interface CommandContext<Database> extends UseCaseContext<Database> {
  /** Adds facts; they are written in the order of the calls, when `run` has returned. */
  readonly emit: (...facts: readonly NewEvent[]) => void;
  /** Adds to the command's one audit row; a member given twice keeps the later value. */
  readonly audit: (note: AuditNote) => void;
  /** What `beforehand` found out. */
  readonly found: unknown;
  /** A new id, ordered by time (UUID of version 7). */
  readonly newId: <const Name extends string>(schema: BrandedIdSchema<Name>) => BrandedId<Name>;
  /**
   * A text nobody reads by the database alone, for commands that say `keepsSecrets`. What it is sealed for, such as the
   * id of its row, has to be said again to open it.
   */
  readonly seal: (text: string, context: string) => string;
  /** Whether the operator named the host of this address as one that may be asked, though it is private. */
  readonly isNamedHost: (url: string) => boolean;
}
