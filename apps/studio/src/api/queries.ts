import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { accounts, type UserSearch } from './accounts.ts';
import { accountSettings, type SettingsSection } from './account-settings.ts';
import { control } from './control.ts';
import { AUDIT_PAGE, type AuditFilter, insight } from './insight.ts';
import { savedQueries } from './saved-queries.ts';
import { projectOrganisations } from './project-organisations.ts';
import { factorDue, readSignInOffer } from './sign-in.ts';
import { structure } from './structure.ts';

/** What pages read, each under one key: whoever changes something invalidates it here by name. */
export const queries = {
  about: () => queryOptions({ queryKey: ['about'], queryFn: control.about }),
  signInOffer: () => queryOptions({ queryKey: ['sign-in-offer'], queryFn: readSignInOffer }),
  account: () => queryOptions({ queryKey: ['account'], queryFn: control.account, staleTime: 60_000 }),
  factorDue: () => queryOptions({ queryKey: ['factor-due'], queryFn: factorDue, staleTime: Infinity }),
  members: (organisation: string) =>
    queryOptions({ queryKey: ['members', organisation], queryFn: () => control.members(organisation) }),
  invitations: (organisation: string) =>
    queryOptions({ queryKey: ['invitations', organisation], queryFn: () => control.invitations(organisation) }),
  projects: () => queryOptions({ queryKey: ['projects'], queryFn: control.projects }),
  project: (ref: string) => queryOptions({ queryKey: ['projects', ref], queryFn: () => control.project(ref) }),
  structure: (ref: string) =>
    queryOptions({ queryKey: ['structure', ref], queryFn: () => structure.read(ref), staleTime: 30_000 }),
  tableOutlines: (ref: string) =>
    queryOptions({ queryKey: ['table-outlines', ref], queryFn: () => insight.tables(ref), staleTime: 30_000 }),
  constraints: (ref: string) =>
    queryOptions({ queryKey: ['constraints', ref], queryFn: () => insight.constraints(ref), staleTime: 30_000 }),
  advice: (ref: string) => queryOptions({ queryKey: ['advice', ref], queryFn: () => insight.advice(ref) }),
  savedQueries: (ref: string) =>
    queryOptions({ queryKey: ['saved-queries', ref], queryFn: () => savedQueries.list(ref) }),
  audit: (organisation: string, filter: AuditFilter) =>
    infiniteQueryOptions({
      queryKey: ['audit', organisation, filter],
      queryFn: ({ pageParam }) => insight.audit(organisation, filter, pageParam),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => (last.length < AUDIT_PAGE ? null : (last.at(-1)?.seq ?? null)),
    }),
  keys: (ref: string) => queryOptions({ queryKey: ['keys', ref], queryFn: () => control.keys(ref) }),
  users: (ref: string, search?: UserSearch) =>
    queryOptions({
      queryKey: ['users', ref, ...(search === undefined ? [] : [search])],
      queryFn: () => accounts.users(ref, search ?? { term: '', sort: '-created_at', page: 1 }),
      placeholderData: (before) => before,
    }),
  user: (ref: string, user: string) =>
    queryOptions({ queryKey: ['user', ref, user], queryFn: () => accounts.user(ref, user) }),
  userSessions: (ref: string, user: string) =>
    queryOptions({ queryKey: ['user', ref, user, 'sessions'], queryFn: () => accounts.sessions(ref, user) }),
  userFactors: (ref: string, user: string) =>
    queryOptions({ queryKey: ['user', ref, user, 'factors'], queryFn: () => accounts.factors(ref, user) }),
  userPasskeys: (ref: string, user: string) =>
    queryOptions({ queryKey: ['user', ref, user, 'passkeys'], queryFn: () => accounts.passkeys(ref, user) }),
  projectOrganisations: (ref: string) =>
    queryOptions({ queryKey: ['project-organisations', ref], queryFn: () => projectOrganisations.list(ref) }),
  projectOrganisation: (ref: string, id: string) =>
    queryOptions({ queryKey: ['project-organisations', ref, id], queryFn: () => projectOrganisations.read(ref, id) }),
  organisationMembers: (ref: string, id: string) =>
    queryOptions({
      queryKey: ['project-organisations', ref, id, 'members'],
      queryFn: () => projectOrganisations.members(ref, id),
    }),
  organisationRoles: (ref: string, id: string) =>
    queryOptions({
      queryKey: ['project-organisations', ref, id, 'roles'],
      queryFn: () => projectOrganisations.roles(ref, id),
    }),
  organisationPermissions: (ref: string, id: string) =>
    queryOptions({
      queryKey: ['project-organisations', ref, id, 'permissions'],
      queryFn: () => projectOrganisations.permissions(ref, id),
      staleTime: 60_000,
    }),
  accountSettings: <Section extends SettingsSection>(ref: string, section: Section) =>
    queryOptions({
      queryKey: ['account-settings', ref, section],
      queryFn: () => accountSettings.read(ref, section),
    }),
};
