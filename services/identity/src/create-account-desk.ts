import { normaliseEmail } from '@ashlar/delivery';
import { AshlarError } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import type { Project } from '@ashlar/service';
import { continueTrace, formatTraceparent, type Observe } from '@ashlar/telemetry';
import { adminCreateUser } from './application/admin-create-user.ts';
import { canSendMail } from './application/mail-availability.ts';
import type { MessagingOptions } from './open-messaging.ts';
import { openParts } from './create-identity.ts';
import { identityErrors } from './domain/identity-errors.ts';
import { isBanned } from './domain/user.ts';

export interface AccountDesk {
  /**
   * Makes an account in a project, as an administrator would.
   *
   * @param input `confirmed`: whether its owner has shown that the address is theirs.
   *
   * @returns Null when the address has an account.
   * @throws {AshlarError} `identity.validation_failed`, `identity.weak_password`.
   */
  create(
    project: Project,
    input: { readonly email: string; readonly password: string; readonly confirmed: boolean },
  ): Promise<{ readonly id: string; readonly email: string } | null>;
  /** Whether there is the account and nobody banned it. */
  isActive(project: Project, id: string): Promise<boolean>;
  /** Whether the account has a second factor that signing in asks for: an app or a phone. */
  hasFactor(project: Project, id: string): Promise<boolean>;
  /** Whether a mail of the project would reach anybody. */
  canMail(project: Project): Promise<boolean>;
  /** Leaves a mail with the way into an organisation. @throws {AshlarError} `identity.over_email_send_rate_limit`. */
  mailInvitation(project: Project, invitation: MailedInvitation): Promise<void>;
  close(): Promise<void>;
}

export interface MailedInvitation {
  readonly email: string;
  readonly organisation: string;
  /** Holds the token. */
  readonly url: string;
  readonly expiresAt: Date;
}

/** Makes accounts for another service and knows them, on the database: it takes no request to the process identity runs in. */
export function createAccountDesk(options: {
  readonly observe: Observe;
  readonly outbound: Outbound;
  readonly messaging: MessagingOptions;
}): AccountDesk {
  const { parts, messaging } = openParts(options);
  return {
    async create(project, { email: given, password, confirmed }) {
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
        const { id } = await adminCreateUser(parts, visit, { ...NOTHING, email, password, emailConfirm: confirmed });
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
    hasFactor(project, id) {
      const cause = { project, traceparent: newTrace() };
      return parts.inTransaction(cause, async ({ users }) => {
        const factors = (await users.findById(id))?.factors ?? [];
        return factors.some(({ status, type }) => status === 'verified' && type !== 'webauthn');
      });
    },
    async canMail(project) {
      return canSendMail(parts, { settings: await parts.settings.of(project) });
    },
    async mailInvitation(project, { email, organisation, url, expiresAt }) {
      const settings = await parts.settings.of(project);
      const mail = {
        kind: 'mail',
        template: 'organisation_invite',
        to: email,
        userId: null,
        locale: null,
        expiresAt: expiresAt.toISOString(),
        data: {
          confirmationUrl: url,
          siteUrl: settings.general.siteUrl,
          redirectTo: url,
          email,
          metadata: {},
          facts: { organisation },
        },
      } as const;
      const cause = { project, traceparent: newTrace(), settings };
      await parts.inTransaction(cause, ({ outbox }) => outbox.add(mail, parts.now()));
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
