import type { Operation } from '../../../api/structure.ts';
import type { PolicyInfo, TableInfo } from '../../../api/structure-types.ts';
import type { DraftPolicy } from '../../../api/visibility.ts';
import { isName } from '../../tables/change/column-draft.ts';
import { ident, qualified } from '../../tables/rows/quote.ts';

/** A policy as it is being written. */
export interface PolicyDraft {
  readonly name: string;
  readonly command: DraftPolicy['command'];
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using: string;
  readonly check: string;
}

const EMPTY: PolicyDraft = {
  name: '',
  command: 'all',
  permissive: true,
  roles: ['authenticated'],
  using: '',
  check: '',
};

export const TEMPLATES = ['own', 'publicRead', 'signedInRead', 'members', 'claim', 'secondFactor', 'blank'] as const;
export type Template = (typeof TEMPLATES)[number];

/** What a template speaks of. */
export interface TemplateParts {
  /** Column of the table that names a user. */
  readonly owner: string;
  /** Column of the table that names an organisation. */
  readonly organisation: string;
  readonly members: { readonly table: TableInfo; readonly user: string; readonly organisation: string } | null;
}

const USER = /(^|_)(user|owner|author|account|profile|created_by)(_?id)?$|^(uid|member_?id)$/i;
const ORGANISATION = /(^|_)(org|organisation|organization|team|tenant|company|group)(_?id)?$/i;

function findColumn({ columns }: TableInfo, pattern: RegExp): string | undefined {
  return columns.find(({ name, type }) => type !== 'boolean' && pattern.test(name))?.name;
}

/** Columns a template is likely to mean, in this table and among those that say who belongs where. */
export function guessParts(table: TableInfo, tables: readonly TableInfo[]): TemplateParts {
  const uuid = table.columns.find(({ name, type }) => type === 'uuid' && name !== 'id')?.name;
  const members = tables
    .toSorted((left, right) => Number(/member/i.test(right.name)) - Number(/member/i.test(left.name)))
    .flatMap((one) => {
      const user = findColumn(one, USER);
      const organisation = findColumn(one, ORGANISATION);
      const isOther = one.schema !== table.schema || one.name !== table.name;
      return isOther && user !== undefined && organisation !== undefined ? [{ table: one, user, organisation }] : [];
    })[0];
  return {
    owner: findColumn(table, USER) ?? uuid ?? '',
    organisation: findColumn(table, ORGANISATION) ?? '',
    members: members ?? null,
  };
}

/** The caller is asked for once for each statement, not for each row. */
const CALLER = '(select auth.uid())';
const TOKEN = '(select auth.jwt())';

/** A policy that can be taken as it is, or changed. */
export function fromTemplate(template: Template, { owner, organisation, members }: TemplateParts): PolicyDraft {
  switch (template) {
    case 'own': {
      const using = owner === '' ? '' : `${CALLER} = ${ident(owner)}`;
      return { ...EMPTY, name: 'Own rows', using };
    }
    case 'publicRead':
      return { ...EMPTY, name: 'Everybody reads', command: 'select', roles: ['anon', 'authenticated'], using: 'true' };
    case 'signedInRead':
      return { ...EMPTY, name: 'Signed-in users read', command: 'select', using: 'true' };
    case 'members': {
      const belongs =
        members === null || organisation === ''
          ? ''
          : `${ident(organisation)} in (select m.${ident(members.organisation)} from ${qualified(members.table)} m ` +
            `where m.${ident(members.user)} = ${CALLER})`;
      return { ...EMPTY, name: 'Members of the organisation', using: belongs };
    }
    case 'claim':
      return { ...EMPTY, name: 'Administrators', using: `(${TOKEN} -> 'app_metadata' ->> 'role') = 'admin'` };
    case 'secondFactor':
      return { ...EMPTY, name: 'Second factor', permissive: false, using: `(${TOKEN} ->> 'aal') = 'aal2'` };
    case 'blank':
      return EMPTY;
  }
}

export function draftOf({ name, command, permissive, roles, using, check }: PolicyInfo): PolicyDraft {
  return { name, command, permissive, roles, using: using ?? '', check: check ?? '' };
}

/** Which conditions a command has: of rows that are there, and of rows as they will be. */
export function conditionsOf(command: PolicyDraft['command']): { readonly using: boolean; readonly check: boolean } {
  return { using: command !== 'insert', check: command !== 'select' && command !== 'delete' };
}

function part(isThere: boolean, text: string): string | null {
  return isThere && text.trim() !== '' ? text.trim() : null;
}

function sqlOf(draft: PolicyDraft): { readonly using: string | null; readonly check: string | null } {
  const { using, check } = conditionsOf(draft.command);
  return { using: part(using, draft.using), check: part(check, draft.check) };
}

/** The policy as it can be asked about; null while something is missing. */
export function completeDraft(draft: PolicyDraft): DraftPolicy | null {
  const { using, check } = sqlOf(draft);
  if (!isName(draft.name) || draft.roles.length === 0 || (using === null && check === null)) return null;
  const { name, command, permissive, roles } = draft;
  return { name: name.trim(), command, permissive, roles, using, check };
}

/** What makes, or changes, the policy. What PostgreSQL cannot change is dropped and made anew, in one transaction. */
export function policyOperations(
  table: TableInfo,
  draft: PolicyDraft,
  before: PolicyInfo | null,
): readonly Operation[] {
  const complete = completeDraft(draft);
  if (complete === null) return [];
  const place = { schema: table.schema, table: table.name };
  const { name, using, check, ...rest } = complete;
  const conditions = { ...(using === null ? {} : { using }), ...(check === null ? {} : { check }) };
  const create: Operation = { operation: 'create-policy', input: { ...place, name, ...rest, ...conditions } };
  if (before === null) return [create];
  const was = completeDraft(draftOf(before));
  if (JSON.stringify(was) === JSON.stringify(complete)) return [];
  const isAltered =
    before.command === rest.command &&
    before.permissive === rest.permissive &&
    (before.using === null) === (using === null) &&
    (before.check === null) === (check === null);
  if (!isAltered) return [{ operation: 'drop-policy', input: { ...place, policy: before.name } }, create];
  const isSame =
    before.using === using && before.check === check && JSON.stringify(before.roles) === JSON.stringify(rest.roles);
  return [
    ...(isSame
      ? []
      : [{ operation: 'alter-policy', input: { ...place, policy: before.name, roles: rest.roles, ...conditions } }]),
    ...(before.name === name
      ? []
      : [{ operation: 'rename-policy', input: { ...place, policy: before.name, to: name } }]),
  ];
}
