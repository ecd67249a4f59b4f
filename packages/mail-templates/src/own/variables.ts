import { FACTS, factsOf, type MailData } from '../mail-data.ts';

/** A value by the name a template calls it, without the dot. */
export type Variables = Readonly<Record<string, unknown>>;

const OWN_NAMES = [
  'ConfirmationURL',
  'Token',
  'TokenHash',
  'SiteURL',
  'RedirectTo',
  'Email',
  'NewEmail',
  'SendingTo',
  'Phone',
  'Data',
];
const FACT_NAMES = FACTS.map((fact) => [fact, `${fact[0]?.toUpperCase()}${fact.slice(1)}`] as const);
const NAMES: ReadonlySet<string> = new Set([...OWN_NAMES, ...FACT_NAMES.map(([, name]) => name)]);

export function isVariable(name: string): boolean {
  return NAMES.has(name);
}

/** @param to The address the mail goes to. */
export function variablesOf(data: MailData, to: string): Variables {
  const given = factsOf(data);
  const facts = Object.fromEntries(FACT_NAMES.map(([fact, name]) => [name, given[fact] ?? '']));
  return {
    ...facts,
    ConfirmationURL: data.confirmationUrl ?? '',
    Token: data.token ?? '',
    TokenHash: data.tokenHash ?? '',
    SiteURL: data.siteUrl,
    RedirectTo: data.redirectTo ?? '',
    Email: data.email,
    NewEmail: data.newEmail ?? facts['NewEmail'] ?? '',
    SendingTo: to,
    Phone: given.newPhone ?? '',
    Data: data.metadata,
  };
}
