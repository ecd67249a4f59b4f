/** Where a picture is taken. */
export interface Scene {
  /** Of the file. */
  readonly name: string;
  /** Below `/studio`; `{organisation}` is the one there is. */
  readonly path: string;
  /** What stands in the page once it is drawn. */
  readonly shows: string;
  /** Keys pressed then, such as those that open the palette. */
  readonly press?: string;
  /** What is clicked then, such as what opens a dialog. */
  readonly open?: string;
  /** Name of a file that is chosen then. */
  readonly file?: string;
  /** What stands there after that; a dialog, unless said otherwise. */
  readonly appears?: string;
  /** Then clicked. */
  readonly click?: string;
}

/** Seen by who is not signed in. */
export const openScenes: readonly Scene[] = [
  { name: 'sign-in', path: '/sign-in', shows: 'input[type=password]' },
  { name: 'sign-in-refused', path: '/sign-in?error_description=Signing+in+was+cancelled', shows: '[role=alert]' },
  { name: 'setup-done', path: '/setup?token=x', shows: 'main section' },
  { name: 'invitation', path: '/invitation?token=x', shows: 'main form' },
];

/** Seen by the owner of an instance with some projects. */
export const scenes: readonly Scene[] = [
  { name: 'projects', path: '/', shows: 'table' },
  { name: 'new-project', path: '/?new=true', shows: 'form' },
  { name: 'project-home-empty', path: '/projects/warehouse-2026', shows: 'main h1' },
  { name: 'project-home', path: '/projects/default', shows: 'main h1' },
  { name: 'tables', path: '/projects/default/tables', shows: 'main nav a' },
  { name: 'tables-empty', path: '/projects/warehouse-2026/tables', shows: 'main section h2' },
  { name: 'new-table', path: '/projects/default/tables?new=true', shows: 'form' },
  { name: 'rows', path: '/projects/default/tables/public/customers', shows: '.g-row' },
  { name: 'rows-linked', path: '/projects/default/tables/public/orders?sort=%5B%22total.desc%22%5D', shows: '.g-row' },
  { name: 'rows-without-key', path: '/projects/default/tables/public/readings', shows: '.g-row' },
  {
    name: 'rows-none-match',
    path: '/projects/default/tables/public/customers?filter=%7B%22join%22%3A%22and%22%2C%22parts%22%3A%5B%7B%22field%22%3A%22city%22%2C%22op%22%3A%22eq%22%2C%22value%22%3A%22Atlantis%22%7D%5D%7D',
    shows: '.g-grid',
  },
  { name: 'rows-grouped', path: '/projects/default/tables/public/customers?group=city', shows: '.g-row' },
  {
    name: 'rows-form',
    path: '/projects/default/tables/public/customers',
    shows: '.g-row',
    open: '.g-body [aria-colindex="3"]',
    press: 'Shift+Enter',
    appears: 'main [data-field]',
  },
  {
    name: 'rows-form-linked',
    path: '/projects/default/tables/public/orders',
    shows: '.g-row',
    open: '.g-body [aria-colindex="3"]',
    press: 'Shift+Enter',
    appears: 'main [data-field]',
  },
  {
    name: 'rows-views',
    path: '/projects/default/tables/public/customers',
    shows: '.g-row',
    open: 'text=/^(Views|طرق العرض)$/',
    appears: '[role=menu]',
  },
  { name: 'import', path: '/projects/default/import', shows: 'main section' },
  {
    name: 'import-mapping',
    path: '/projects/default/import',
    shows: 'main section',
    file: 'orders 2026.csv',
    appears: 'main form table',
  },
  {
    name: 'sql',
    path: `/projects/default/sql?q=${encodeURIComponent('select n as id, md5(n::text) as code, now() as at\nfrom generate_series(1, 200) n')}`,
    shows: '.cm-content',
    press: 'Control+Enter',
    appears: '[role=grid]',
  },
  {
    name: 'sql-error',
    path: `/projects/default/sql?q=${encodeURIComponent('select 1;\nselect nothing_here\nfrom pg_class')}`,
    shows: '.cm-content',
    press: 'Control+Enter',
    appears: '[role=alert]',
  },
  { name: 'schema-policies', path: '/projects/default/schema', shows: 'main table' },
  { name: 'schema-keys', path: '/projects/default/schema?kind=keys', shows: 'main table' },
  { name: 'schema-indexes', path: '/projects/default/schema?kind=indexes', shows: 'main table' },
  { name: 'schema-functions', path: '/projects/default/schema?kind=functions', shows: 'main table' },
  { name: 'schema-empty', path: '/projects/warehouse-2026/schema?kind=enums', shows: 'main section h2' },
  { name: 'schema-diagram', path: '/projects/default/schema?kind=diagram', shows: '.react-flow__node' },
  {
    name: 'new-policy',
    path: '/projects/default/schema?kind=policies&of=public.customers&new=true',
    shows: '[role=dialog] li[data-allowed]',
  },
  {
    name: 'new-index',
    path: '/projects/default/schema?kind=indexes&of=public.customers&new=true',
    shows: '[role=dialog] form',
  },
  {
    name: 'new-key',
    path: '/projects/default/schema?kind=keys&of=public.orders&new=true',
    shows: '[role=dialog] form',
  },
  { name: 'new-function', path: '/projects/default/schema?kind=functions&new=true', shows: '[role=dialog] form' },
  { name: 'new-enum', path: '/projects/default/schema?kind=enums&new=true', shows: '[role=dialog] form' },
  {
    name: 'new-trigger',
    path: '/projects/default/schema?kind=triggers&of=public.orders&new=true',
    shows: '[role=dialog] form',
  },
  { name: 'api', path: '/projects/default/api', shows: 'main pre' },
  { name: 'api-table', path: '/projects/default/api?of=table+orders', shows: 'main pre' },
  { name: 'graphql', path: '/projects/default/api/graphql', shows: 'main section, main iframe' },
  {
    name: 'sql-chart',
    path: `/projects/default/sql?q=${encodeURIComponent('select city, count(*) from customers group by city')}`,
    shows: '.cm-content',
    press: 'Control+Enter',
    appears: '[role=grid]',
    click: 'text=/^(Chart|رسم بياني)$/',
  },
  { name: 'sql-empty', path: '/projects/north/sql', shows: '.cm-content' },
  { name: 'advisors', path: '/projects/default/advisors', shows: 'main article section' },
  { name: 'advisors-fine', path: '/projects/warehouse-2026/advisors', shows: 'main article section' },
  { name: 'audit', path: '/organisations/{organisation}/audit', shows: 'table' },
  { name: 'keys', path: '/projects/default/keys', shows: 'table' },
  { name: 'settings', path: '/projects/default/settings', shows: 'main form' },
  { name: 'settings-sign-in', path: '/projects/default/settings/sign-in', shows: 'main form' },
  { name: 'settings-mail', path: '/projects/default/settings/mail', shows: 'main iframe' },
  {
    name: 'settings-mail-text',
    path: '/projects/default/settings/mail',
    shows: 'main iframe',
    open: 'main iframe',
    appears: 'main iframe',
  },
  { name: 'settings-limits', path: '/projects/default/settings/limits', shows: 'main form' },
  { name: 'users', path: '/projects/default/users', shows: 'table' },
  { name: 'users-none', path: '/projects/default/users?q=nobody', shows: 'main section h2' },
  { name: 'users-empty', path: '/projects/warehouse-2026/users', shows: 'main section h2' },
  { name: 'user', path: '/projects/default/users/00000000-0000-4000-8000-000000000001', shows: 'main table' },
  { name: 'user-organisations', path: '/projects/default/users/organisations', shows: 'table' },
  {
    name: 'user-organisation',
    path: '/projects/default/users/organisations',
    shows: 'main tbody a',
    open: 'main tbody tr:last-child a',
    appears: 'main header ~ section tbody tr',
  },
  {
    name: 'user-impersonate',
    path: '/projects/default/users/00000000-0000-4000-8000-000000000001',
    shows: 'main [data-end] button',
    open: 'main [data-end] button',
  },
  { name: 'members', path: '/organisations/{organisation}/members', shows: 'table' },
  { name: 'palette', path: '/projects/default', shows: 'main h1', press: 'Control+k' },
  { name: 'shortcuts', path: '/projects/default', shows: 'main h1', press: 'Shift+?' },
  { name: 'missing', path: '/nowhere', shows: 'section h2' },
];
