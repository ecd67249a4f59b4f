import { controlErrors } from '../control-errors.ts';
import type { ControlParts } from './control-parts.ts';
import { slugOf } from './organisations.ts';
import type { Account, AuditAuthor, Organisation } from './stores.ts';
import { digestOf, newToken } from './tokens.ts';

const LINK_LIFE_MS = 7 * 86_400_000;

/**
 * A new way to become the first owner; the link before it is worth nothing any more.
 *
 * @throws {AshlarError} `control.already_set_up` when the instance has an owner.
 */
export async function newSetupToken({ inTransaction, now }: LinkParts): Promise<string> {
  const { token, digest } = newToken('');
  await inTransaction(async ({ accounts }) => {
    await accounts.lockSetup();
    if (await accounts.hasOwner()) throw controlErrors.alreadySetUp();
    await accounts.putSetupLink(digest, new Date(now().getTime() + LINK_LIFE_MS));
  });
  return token;
}

/** The first token of an instance; null when there was one before, or there is an owner. */
export async function firstSetupToken({ inTransaction, now }: LinkParts): Promise<string | null> {
  const { token, digest } = newToken('');
  return inTransaction(async ({ accounts }) => {
    await accounts.lockSetup();
    if ((await accounts.hasOwner()) || (await accounts.hasAnySetupLink())) return null;
    await accounts.putSetupLink(digest, new Date(now().getTime() + LINK_LIFE_MS));
    return token;
  });
}

type LinkParts = Pick<ControlParts, 'inTransaction' | 'now'>;

export function needsSetup({ inTransaction }: Pick<ControlParts, 'inTransaction'>): Promise<boolean> {
  return inTransaction(async ({ accounts }) => !(await accounts.hasOwner()));
}

export interface SetupInput {
  readonly token: string;
  readonly email: string;
  readonly password: string;
  readonly organisation: string;
}

/**
 * Makes the first account and its organisation, to which the projects there are belong from then on.
 *
 * @throws {AshlarError} `control.already_set_up`, `control.setup_link_wrong`, and those of `AccountDesk`.
 */
export async function setUp(
  parts: ControlParts,
  { token, email, password, organisation: name }: SetupInput,
  origin: Pick<AuditAuthor, 'address' | 'requestId'>,
): Promise<{ readonly account: Account; readonly organisation: Organisation }> {
  const digest = digestOf(token);
  // Asked before an account is made, and again below: nobody makes accounts with a link that is not the one.
  await parts.inTransaction(async ({ accounts }) => {
    if (await accounts.hasOwner()) throw controlErrors.alreadySetUp();
    if (!(await accounts.hasSetupLink(digest))) throw controlErrors.setupLinkWrong();
  });
  // A setup that was cut off after this left an account without rights; who holds the link names another address.
  const account = await parts.accounts.create({ email, password, confirmed: true });
  if (account === null) throw controlErrors.addressTaken({ email });
  return parts.inTransaction(async ({ accounts, organisations, audit }) => {
    await accounts.lockSetup();
    if (await accounts.hasOwner()) throw controlErrors.alreadySetUp();
    if (!(await accounts.takeSetupLink(digest))) throw controlErrors.setupLinkWrong();
    await accounts.save(account);
    const organisation = await organisations.insert(slugOf(name), name);
    if (organisation === null) throw controlErrors.organisationExists({ slug: slugOf(name) });
    await organisations.setRole(organisation.id, account.id, 'owner');
    await organisations.adoptProjects(organisation.id);
    await audit.add(
      {
        action: 'instance.set-up',
        organisationId: organisation.id,
        projectRef: null,
        target: account.id,
        detail: { email, organisation: name },
      },
      { kind: 'setup', id: account.id, name: account.email, ...origin },
    );
    return { account, organisation };
  });
}
