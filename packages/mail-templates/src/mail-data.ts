/** The mails there is a built-in text for. */
export type MailKind =
  | 'confirmation'
  | 'invite'
  | 'magic_link'
  | 'recovery'
  | 'email_change'
  | 'reauthentication'
  | 'password_changed_notification'
  | 'email_changed_notification'
  | 'phone_changed_notification'
  | 'identity_linked_notification'
  | 'identity_unlinked_notification'
  | 'mfa_factor_enrolled_notification'
  | 'mfa_factor_unenrolled_notification'
  | 'organisation_invite';

export type MailLocale = 'en' | 'ar';

/** What a mail may say; what is absent is left out. */
export interface MailData {
  /** The typed code. */
  readonly token?: string;
  readonly tokenHash?: string;
  /** Where the mail's one button leads. */
  readonly confirmationUrl?: string;
  readonly siteUrl: string;
  readonly redirectTo?: string;
  readonly email: string;
  readonly newEmail?: string;
  /** The account's metadata. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Further facts; those named in `FACTS` are shown and have a template variable each. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** Facts by the name they are given under, in the order a mail lists them. */
export const FACTS = [
  'organisation',
  'inviter',
  'role',
  'expires',
  'provider',
  'factorType',
  'friendlyName',
  'oldEmail',
  'newEmail',
  'oldPhone',
  'newPhone',
] as const;

export type FactName = (typeof FACTS)[number];

/** The facts by their names here, however they were written: `old_email` is `oldEmail`. */
export function factsOf({ facts = {} }: Pick<MailData, 'facts'>): Readonly<Partial<Record<FactName, string>>> {
  const given = new Map(
    Object.entries(facts).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
  return Object.fromEntries(
    FACTS.flatMap((name) => {
      const value = given.get(name);
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

export interface MailContent {
  /** One line. */
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}
