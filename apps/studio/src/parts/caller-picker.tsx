import { Autocomplete, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { findUsers } from '../api/find-users.ts';
import type { Caller } from '../api/visibility.ts';
import { defineTexts, useText } from '../texts/use-text.ts';
import { useProject } from './use-project.ts';

const texts = defineTexts(
  {
    as: 'As whom',
    anon: 'Anonymous caller',
    authenticated: 'Signed-in user',
    service_role: 'Service key',
    user: 'User: address or id',
    claims: 'Further claims, as JSON',
    claimsWrong: 'This is no JSON object',
  },
  {
    as: 'بصفة من',
    anon: 'مستدعٍ مجهول',
    authenticated: 'مستخدم مسجّل',
    service_role: 'مفتاح خدمة',
    user: 'المستخدم: عنوانه أو معرّفه',
    claims: 'مطالبات أخرى بصيغة JSON',
    claimsWrong: 'هذا ليس كائن JSON',
  },
);

/** A caller as it is being described. */
export interface CallerDraft {
  readonly role: Caller['role'];
  readonly user: string;
  /** JSON. */
  readonly claims: string;
}

export const ANONYMOUS: CallerDraft = { role: 'anon', user: '', claims: '' };

/** @returns Null while the claims are no JSON object. */
export function callerOf({ role, user, claims }: CallerDraft): Caller | null {
  if (role !== 'authenticated') return { role, claims: {} };
  try {
    const further: unknown = claims.trim() === '' ? {} : JSON.parse(claims);
    if (typeof further !== 'object' || further === null || Array.isArray(further)) return null;
    return { role, claims: { ...(user.trim() === '' ? {} : { sub: user.trim() }), ...further } };
  } catch {
    return null;
  }
}

const ROLES = ['anon', 'authenticated', 'service_role'] as const;

export interface CallerPickerProps {
  readonly caller: CallerDraft;
  readonly onChange: (caller: CallerDraft) => void;
  readonly roles?: readonly Caller['role'][];
  readonly hasClaims?: boolean;
}

/** Through whose eyes: a role of the API, and for a signed-in user who it is. */
export function CallerPicker({ caller, onChange, roles = ROLES, hasClaims = true }: CallerPickerProps): ReactNode {
  const t = useText(texts);
  return (
    <>
      <Select
        size="xs"
        aria-label={t('as')}
        leftSection={<Icon name="eye" />}
        allowDeselect={false}
        data={roles.map((role) => ({ value: role, label: t(role) }))}
        value={caller.role}
        onChange={(next) => onChange({ ...caller, role: roles.find((role) => role === next) ?? caller.role })}
      />
      {caller.role === 'authenticated' && (
        <>
          <UserField label={t('user')} value={caller.user} onChange={(user) => onChange({ ...caller, user })} />
          {hasClaims && (
            <TextInput
              size="xs"
              dir="ltr"
              w={220}
              aria-label={t('claims')}
              placeholder={'{"org_id": "…"}'}
              autoComplete="off"
              maxLength={10_000}
              error={callerOf(caller) === null ? t('claimsWrong') : null}
              value={caller.claims}
              onChange={({ currentTarget: { value: claims } }) => onChange({ ...caller, claims })}
            />
          )}
        </>
      )}
    </>
  );
}

const ASK_AFTER_MS = 250;

interface UserFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (user: string) => void;
}

/** An id, or who has an address that begins so. */
function UserField({ label, value, onChange }: UserFieldProps): ReactNode {
  const { ref } = useProject();
  const [term] = useDebouncedValue(value.trim(), ASK_AFTER_MS);
  const { data: users = [] } = useQuery({
    queryKey: ['find-users', ref, term],
    queryFn: ({ signal }) => findUsers(ref, term, signal),
    enabled: term !== '' && !/^[0-9a-f]{8}-/.test(term),
    retry: false,
  });
  return (
    <Autocomplete
      size="xs"
      dir="ltr"
      w={290}
      aria-label={label}
      placeholder={label}
      maxLength={100}
      filter={({ options }) => options}
      data={users.map(({ id }) => id)}
      renderOption={({ option }) => users.find(({ id }) => id === option.value)?.email ?? option.value}
      value={value}
      onChange={onChange}
    />
  );
}
