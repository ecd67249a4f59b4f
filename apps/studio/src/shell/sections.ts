import type { IconName } from '@ashlar/ui';
import type { Role } from '../api/control.ts';
import { defineTexts } from '../texts/use-text.ts';

export const sectionTexts = defineTexts(
  {
    home: 'Home',
    tables: 'Tables',
    schema: 'Schema',
    import: 'Import a file',
    sql: 'SQL',
    api: 'API',
    users: 'Users',
    advisors: 'Advisors',
    keys: 'API keys',
    settings: 'Project settings',
    projects: 'Projects',
    members: 'Members',
    audit: 'Audit log',
  },
  {
    home: 'الرئيسية',
    tables: 'الجداول',
    schema: 'المخطط',
    import: 'استيراد ملف',
    sql: 'SQL',
    api: 'الواجهة API',
    users: 'المستخدمون',
    advisors: 'المستشارون',
    keys: 'مفاتيح API',
    settings: 'إعدادات المشروع',
    projects: 'المشاريع',
    members: 'الأعضاء',
    audit: 'سجل التدقيق',
  },
);

export interface Section {
  readonly key: keyof (typeof sectionTexts)['en'];
  readonly icon: IconName;
  readonly to:
    | '/projects/$ref'
    | '/projects/$ref/tables'
    | '/projects/$ref/schema'
    | '/projects/$ref/sql'
    | '/projects/$ref/api'
    | '/projects/$ref/users'
    | '/projects/$ref/advisors'
    | '/projects/$ref/keys'
    | '/projects/$ref/settings';
  /** Who may open it; others do not see it. */
  readonly least: Role;
}

/** The pages of a project, in the order of the sidebar; the palette offers the same. */
export const projectSections: readonly Section[] = [
  { key: 'home', icon: 'home', to: '/projects/$ref', least: 'viewer' },
  { key: 'tables', icon: 'table', to: '/projects/$ref/tables', least: 'viewer' },
  { key: 'schema', icon: 'schema', to: '/projects/$ref/schema', least: 'viewer' },
  { key: 'sql', icon: 'sql', to: '/projects/$ref/sql', least: 'viewer' },
  { key: 'api', icon: 'code', to: '/projects/$ref/api', least: 'viewer' },
  { key: 'users', icon: 'users', to: '/projects/$ref/users', least: 'viewer' },
  { key: 'advisors', icon: 'shield-check', to: '/projects/$ref/advisors', least: 'viewer' },
  { key: 'keys', icon: 'key', to: '/projects/$ref/keys', least: 'developer' },
  { key: 'settings', icon: 'settings', to: '/projects/$ref/settings', least: 'viewer' },
];
