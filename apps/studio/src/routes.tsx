import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api/api-error.ts';
import { queries } from './api/queries.ts';
import { hasSession } from './api/session-cookie.ts';
import { Failure, NotFound } from './app/failure.tsx';
import { queryClient } from './app/query-client.ts';
import { readSchemaSearch } from './pages/schema/kinds.ts';
import { readTableSearch } from './pages/tables/rows/view-in-address.ts';
import { Shell } from './shell/shell.tsx';

// Every address of Studio. A page is a folder below pages/ and is fetched when somebody goes there.

const root = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({ notFoundComponent: NotFound });

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
/** Search values left out where they are not given. */
const texts =
  <Name extends string>(...names: readonly Name[]) =>
  (search: Record<string, unknown>): { readonly [Key in Name]?: string } => {
    const found = names.flatMap((name) => {
      // The router reads figures as numbers.
      const value = typeof search[name] === 'number' ? String(search[name]) : text(search[name]);
      return value === undefined ? [] : [[name, value]];
    });
    // Only the names asked for were put in.
    return Object.fromEntries(found) as { readonly [Key in Name]?: string };
  };

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts('next', 'code', 'error_description'),
  component: lazyRouteComponent(() => import('./pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: texts('token'),
  component: lazyRouteComponent(() => import('./pages/setup/setup-page.tsx'), 'SetupPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  validateSearch: texts('token'),
  component: lazyRouteComponent(() => import('./pages/invitation/invitation-page.tsx'), 'InvitationPage'),
});

/** Everything below is for who is signed in; the address they wanted is where signing in leads. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  errorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
  async beforeLoad({ context, location }) {
    const toSignIn = redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
    if (!hasSession()) throw toSignIn;
    try {
      const [, factor] = await Promise.all([
        context.queryClient.ensureQueryData(queries.account()),
        context.queryClient.ensureQueryData(queries.factorDue()),
      ]);
      if (factor !== null) throw toSignIn;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) throw toSignIn;
      throw error;
    }
  },
});

const projects = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { readonly new?: true } =>
    search['new'] === true ? { new: true } : {},
  component: lazyRouteComponent(() => import('./pages/projects/projects-page.tsx'), 'ProjectsPage'),
});

/** Where the list of projects would be looked for. */
const projectsAgain = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects',
  beforeLoad() {
    throw redirect({ to: '/', replace: true });
  },
});

const organisation = createRoute({ getParentRoute: () => signedIn, path: '/organisations/$organisation' });

const members = createRoute({
  getParentRoute: () => organisation,
  path: '/members',
  component: lazyRouteComponent(() => import('./pages/members/members-page.tsx'), 'MembersPage'),
});

const audit = createRoute({
  getParentRoute: () => organisation,
  path: '/audit',
  validateSearch: texts('action', 'actor', 'project'),
  component: lazyRouteComponent(() => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
});

/** What every page of a project may take for granted: it is there, and one's role in it is known. */
const project = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$ref',
  loader: ({ context, params }) => context.queryClient.ensureQueryData(queries.project(params.ref)),
  errorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
});

const projectHome = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/project-home/project-home-page.tsx'), 'ProjectHomePage'),
});

const tables = createRoute({
  getParentRoute: () => project,
  path: '/tables',
  validateSearch: (search: Record<string, unknown>): { readonly new?: true | undefined } =>
    search['new'] === true ? { new: true } : {},
  component: lazyRouteComponent(() => import('./pages/tables/tables-page.tsx'), 'TablesPage'),
});

const noTable = createRoute({
  getParentRoute: () => tables,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/tables/tables-page.tsx'), 'NoTableChosen'),
});

const table = createRoute({
  getParentRoute: () => tables,
  path: '/$schema/$table',
  validateSearch: readTableSearch,
  component: lazyRouteComponent(() => import('./pages/tables/table-page.tsx'), 'TablePage'),
});

const schema = createRoute({
  getParentRoute: () => project,
  path: '/schema',
  validateSearch: readSchemaSearch,
  component: lazyRouteComponent(() => import('./pages/schema/schema-page.tsx'), 'SchemaPage'),
});

const api = createRoute({
  getParentRoute: () => project,
  path: '/api',
  validateSearch: texts('of'),
  component: lazyRouteComponent(() => import('./pages/api-docs/api-page.tsx'), 'ApiPage'),
});

const graphql = createRoute({
  getParentRoute: () => project,
  path: '/api/graphql',
  component: lazyRouteComponent(() => import('./pages/graphql/graphql-page.tsx'), 'GraphqlPage'),
});

const importFile = createRoute({
  getParentRoute: () => project,
  path: '/import',
  component: lazyRouteComponent(() => import('./pages/import/import-page.tsx'), 'ImportPage'),
});

const sql = createRoute({
  getParentRoute: () => project,
  path: '/sql',
  validateSearch: texts('q'),
  component: lazyRouteComponent(() => import('./pages/sql/sql-page.tsx'), 'SqlPage'),
});

const advisors = createRoute({
  getParentRoute: () => project,
  path: '/advisors',
  component: lazyRouteComponent(() => import('./pages/advisors/advisors-page.tsx'), 'AdvisorsPage'),
});

const projectKeys = createRoute({
  getParentRoute: () => project,
  path: '/keys',
  component: lazyRouteComponent(() => import('./pages/project-keys/project-keys-page.tsx'), 'ProjectKeysPage'),
});

const projectSettings = createRoute({
  getParentRoute: () => project,
  path: '/settings',
  component: lazyRouteComponent(
    () => import('./pages/project-settings/project-settings-page.tsx'),
    'ProjectSettingsPage',
  ),
});

const signInSettings = createRoute({
  getParentRoute: () => project,
  path: '/settings/sign-in',
  component: lazyRouteComponent(
    () => import('./pages/project-settings/sign-in-settings-page.tsx'),
    'SignInSettingsPage',
  ),
});

const mailSettings = createRoute({
  getParentRoute: () => project,
  path: '/settings/mail',
  component: lazyRouteComponent(() => import('./pages/project-settings/mail-settings-page.tsx'), 'MailSettingsPage'),
});

const limitsSettings = createRoute({
  getParentRoute: () => project,
  path: '/settings/limits',
  component: lazyRouteComponent(
    () => import('./pages/project-settings/limits-settings-page.tsx'),
    'LimitsSettingsPage',
  ),
});

const users = createRoute({ getParentRoute: () => project, path: '/users' });

const userList = createRoute({
  getParentRoute: () => users,
  path: '/',
  validateSearch: texts('q', 'sort', 'page'),
  component: lazyRouteComponent(() => import('./pages/users/users-page.tsx'), 'UsersPage'),
});

const user = createRoute({
  getParentRoute: () => users,
  path: '/$user',
  component: lazyRouteComponent(() => import('./pages/users/user-page.tsx'), 'UserPage'),
});

const userOrganisations = createRoute({
  getParentRoute: () => users,
  path: '/organisations',
  component: lazyRouteComponent(
    () => import('./pages/user-organisations/user-organisations-page.tsx'),
    'UserOrganisationsPage',
  ),
});

const userOrganisation = createRoute({
  getParentRoute: () => users,
  path: '/organisations/$userOrganisation',
  component: lazyRouteComponent(
    () => import('./pages/user-organisations/user-organisation-page.tsx'),
    'UserOrganisationPage',
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setup,
    invitation,
    signedIn.addChildren([
      projects,
      projectsAgain,
      organisation.addChildren([members, audit]),
      project.addChildren([
        projectHome,
        tables.addChildren([noTable, table]),
        schema,
        importFile,
        sql,
        api,
        graphql,
        advisors,
        projectKeys,
        projectSettings,
        signInSettings,
        mailSettings,
        limitsSettings,
        users.addChildren([userList, user, userOrganisations, userOrganisation]),
      ]),
    ]),
  ]),
  basepath: '/studio',
  context: { queryClient },
  defaultPreload: 'intent',
  // What was read belongs to the query client, which knows how long it holds.
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
