import type { Project } from '@ashlar/service';

/** How an account can be reached; only what its owner proved to be theirs. */
export interface Contact {
  readonly email: string | null;
  /** E.164 digits without `+`. */
  readonly phone: string | null;
  readonly locale: string | null;
}

/** Accounts live in another service; null = there is no such account any more. */
export type FindContact = (project: Project, userId: string) => Promise<Contact | null>;
