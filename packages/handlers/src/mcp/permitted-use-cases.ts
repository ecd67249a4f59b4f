import type { AnyUseCase } from '@ashlar/kernel';
import type { Invocation } from '../invocation.ts';

/** Which use cases a caller may use in a project, asked in one statement as the caller. */
export async function permittedUseCases(
  useCases: readonly AnyUseCase[],
  { database, caller, orgId }: Invocation,
): Promise<ReadonlySet<string>> {
  const permissions = [...new Set(useCases.map(({ permission }) => permission))].filter((key) => key.includes('.'));
  const claims = { ...caller.claims, role: caller.role, ...(orgId === undefined ? {} : { org: { id: orgId } }) };
  const { rows } = await database.call({
    login: 'authenticator',
    role: caller.role,
    settings: [
      ['search_path', ''],
      ['request.jwt.claims', JSON.stringify(claims)],
    ],
    readOnly: true,
    statement: {
      text: `select json_build_object(
               'suites', (select coalesce(json_agg(i.name), '[]') from suites.installed i where i.removed_at is null),
               'permissions', (select coalesce(json_agg(p), '[]') from unnest($1::text[]) p where auth.has_permission(p)))`,
      values: [`{${permissions.map((key) => `"${key}"`).join(',')}}`],
    },
    connection: 'shared',
  });
  // Written by the statement above.
  const found = JSON.parse(rows[0]?.[0] ?? '{}') as { readonly suites: string[]; readonly permissions: string[] };
  const may = ({ permission }: AnyUseCase): boolean =>
    permission === 'anyone' ||
    (permission === 'signed-in' ? caller.role !== 'anon' : found.permissions.includes(permission));
  return new Set(
    useCases
      .filter((useCase) => found.suites.includes(useCase.name.split('.', 1)[0] ?? '') && may(useCase))
      .map(({ name }) => name),
  );
}
