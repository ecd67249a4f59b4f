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
  /** What stands there after that; a dialog, unless said otherwise. */
  readonly appears?: string;
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
  { name: 'sql-empty', path: '/projects/north/sql', shows: '.cm-content' },
  { name: 'advisors', path: '/projects/default/advisors', shows: 'main article section' },
  { name: 'advisors-fine', path: '/projects/warehouse-2026/advisors', shows: 'main article section' },
  { name: 'audit', path: '/organisations/{organisation}/audit', shows: 'table' },
  { name: 'keys', path: '/projects/default/keys', shows: 'table' },
  { name: 'settings', path: '/projects/default/settings', shows: 'main form' },
  { name: 'members', path: '/organisations/{organisation}/members', shows: 'table' },
  { name: 'palette', path: '/projects/default', shows: 'main h1', press: 'Control+k' },
  { name: 'shortcuts', path: '/projects/default', shows: 'main h1', press: 'Shift+?' },
  { name: 'missing', path: '/nowhere', shows: 'section h2' },
];
