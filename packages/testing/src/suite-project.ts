import { randomUUID } from 'node:crypto';
import {
  addSuite,
  createUseCases,
  type Invocation,
  type InvocationCaller,
  projectSealer,
  type Sealer,
  suitesSchema,
  type UseCases,
} from '@ashlar/handlers';
import type { Contract, Suite } from '@ashlar/kernel';
import type { Cluster, SchemaOwner } from '@ashlar/postgres';
import { ignoreObservations } from '@ashlar/telemetry';
import type { z } from 'zod';
import { createTestProject, type TestProject } from './test-project.ts';

/** Accounts and organisations, which suites ask about; named by folder, since nothing here imports a service. */
const identitySchema: SchemaOwner = {
  name: 'identity',
  schema: 'auth',
  owner: 'supabase_auth_admin',
  runner: 'identity',
  migrations: new URL('../../../services/identity/migrations/', import.meta.url),
};

/** Schedules, which suites bring along. */
const jobsSchema: SchemaOwner = {
  name: 'jobs',
  schema: 'jobs',
  owner: 'scheduler_owner',
  runner: 'scheduler',
  migrations: new URL('../../../services/scheduler/project-migrations/', import.meta.url),
};

export const DEFAULT_ORG = '00000000-0000-0000-0000-000000000001';

export interface SuiteProjectOptions {
  readonly suites: readonly Suite[];
  readonly clock?: () => Date;
  /** Default: the server all test files of the run share. */
  readonly cluster?: Cluster;
}

export type CallOptions = Partial<Omit<Invocation, 'database' | 'caller'>> & { readonly as?: InvocationCaller };

export type Call = <Input extends z.ZodType, Output extends z.ZodType>(
  contract: Contract<Input, Output>,
  input: z.input<Input>,
  options?: CallOptions,
) => Promise<z.output<Output>>;

/** A project with suites, on a real database. */
export interface SuiteProject extends AsyncDisposable {
  readonly test: TestProject;
  readonly useCases: UseCases;
  /** What seals its secrets. */
  readonly sealer: Sealer;
  /** Another organisation beside the default one. @returns Its id. */
  addOrganisation(slug: string): Promise<string>;
  /** A user who is a member of the organisation with a role that has these permissions. */
  addMember(permissions: readonly string[], orgId?: string): Promise<InvocationCaller>;
  /** Runs a use case, by default with the secret key; input and output as the contract's schemas have them. */
  readonly call: Call;
  /** The same by another clock. */
  callAt(clock: () => Date): Call;
  /** Events of these suites in the order they were emitted. */
  events(): Promise<readonly { readonly type: string; readonly subject: string; readonly data: unknown }[]>;
}

/** `await using shop = await createSuiteProject({ suites: [inventory] })` */
export async function createSuiteProject({ suites, clock, cluster }: SuiteProjectOptions): Promise<SuiteProject> {
  const test = await createTestProject({
    owners: [identitySchema, jobsSchema, suitesSchema],
    ...(cluster === undefined ? {} : { cluster }),
  });
  for (const suite of suites) await addSuite({ host: test.cluster, observe: ignoreObservations }, test.ref, suite);
  const sealer = await projectSealer({ keys: KEYS });
  const runtimeAt = (time: (() => Date) | undefined): UseCases =>
    createUseCases({
      suites,
      sealerOf: async () => sealer,
      isNamedHost,
      ...(time === undefined ? {} : { clock: time }),
    });
  const useCases = runtimeAt(clock);
  let members = 0;
  const callOn =
    (runtime: UseCases): Call =>
    async (contract, input, { as = SECRET_KEY, ...more } = {}) => {
      const invocation = {
        database: test.database,
        caller: as,
        via: 'test',
        requestId: randomUUID(),
        ...more,
      } as const;
      const { output } = await runtime.invoke(contract.name, input, invocation);
      return contract.output.parse(output);
    };
  return {
    test,
    useCases,
    sealer,
    call: callOn(useCases),
    callAt: (other) => callOn(runtimeAt(other)),
    async addOrganisation(slug) {
      const [row] = await test.sql<{ id: string }>(
        `insert into auth.organisations (slug, name) values ($1, jsonb_build_object('en', $1::text)) returning id`,
        [slug],
      );
      return row?.id ?? '';
    },
    async addMember(permissions, orgId = DEFAULT_ORG) {
      members += 1;
      const sub = randomUUID();
      await test.sql(`insert into auth.users (id, email) values ($1, $2)`, [sub, `member-${members}@example.org`]);
      await test.sql(
        `with member as (insert into auth.memberships (org_id, user_id) values ($1, $2) returning id),
              role as (insert into auth.organisation_roles (org_id, key, name, permissions)
                       values ($1, $3, '{"en": "Tester"}', $4) returning id)
         insert into auth.role_assignments (org_id, membership_id, role_id) select $1, member.id, role.id from member, role`,
        [orgId, sub, `tester-${members}`, permissions],
      );
      return { role: 'authenticated', claims: { sub, role: 'authenticated', org: { id: orgId } } };
    },
    async events() {
      return test.sql(
        `select type, subject, data from events.log where split_part(type, '.', 1) = any ($1) order by seq`,
        [suites.map(({ name }) => name)],
      );
    },
    [Symbol.asyncDispose]: () => test.close(),
  };
}

/** Stand-ins for other people's servers are on this machine. */
const isNamedHost = (url: string): boolean => URL.parse(url)?.hostname === '127.0.0.1';

const KEYS = {
  jwtSecret: 'a secret of a project in tests',
  anonKey: '',
  serviceRoleKey: '',
  publishableKeys: [],
  secretKeys: [],
  signingKey: null,
  verifyKeys: [],
};

export const SECRET_KEY: InvocationCaller = { role: 'service_role', claims: { role: 'service_role' } };
