import { normaliseEmail } from '@ashlar/delivery';
import { AshlarError } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import type { Project } from '@ashlar/service';
import { continueTrace, formatTraceparent, type Observe } from '@ashlar/telemetry';
import { adminCreateUser } from './application/admin-create-user.ts';
import { openParts } from './create-identity.ts';
import { identityErrors } from './domain/identity-errors.ts';
import { isBanned } from './domain/user.ts';

export interface AccountDesk {
  /**
   * Makes a confirmed account in a project, as an administrator would.
   *
   * @returns Null when the address has an account.
   * @throws {AshlarError} `identity.validation_failed`, `identity.weak_password`.
   */
  create(
    project: Project,
    input: { readonly email: string; readonly password: string },
  ): Promise<{ readonly id: string; readonly email: string } | null>;
  /** Whether there is the account and nobody banned it. */
  isActive(project: Project, id: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Makes accounts for another service and knows them, on the database: it takes no request to the process identity runs in. */
export function createAccountDesk(options: { readonly observe: Observe; readonly outbound: Outbound }): AccountDesk {
  const { parts, messaging } = openParts(options);
  return {
    async create(project, { email: given, password }) {
      const email = normaliseEmail(given);
      if (email === null) throw identityErrors.validationFailed({ detail: 'The address is no e-mail address' });
      const visit = {
        project,
        traceparent: newTrace(),
        issuer: '',
        client: { address: '', userAgent: '' },
        settings: await parts.settings.of(project),
      };
      try {
        const { id } = await adminCreateUser(parts, visit, { ...NOTHING, email, password, emailConfirm: true });
        return { id, email };
      } catch (error) {
        if (error instanceof AshlarError && error.code === 'identity.email_exists') return null;
        throw error;
      }
    },
    isActive(project, id) {
      const cause = { project, traceparent: newTrace() };
      return parts.inTransaction(cause, async ({ users }) => {
        const user = await users.findById(id);
        return user !== null && user.deletedAt === null && !isBanned(user, parts.now());
      });
    },
    close: () => messaging.close(),
  };
}

const newTrace = (): string => formatTraceparent(continueTrace(undefined, undefined));

const NOTHING = {
  id: null,
  phone: null,
  passwordHash: null,
  phoneConfirm: false,
  userMetadata: {},
  appMetadata: {},
  role: null,
  banDurationMs: null,
} as const;
