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
  { name: 'keys', path: '/projects/default/keys', shows: 'table' },
  { name: 'settings', path: '/projects/default/settings', shows: 'main form' },
  { name: 'members', path: '/organisations/{organisation}/members', shows: 'table' },
  { name: 'palette', path: '/projects/default', shows: 'main h1', press: 'Control+k' },
  { name: 'shortcuts', path: '/projects/default', shows: 'main h1', press: 'Shift+?' },
  { name: 'missing', path: '/nowhere', shows: 'section h2' },
];
