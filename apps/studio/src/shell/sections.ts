import type { IconName } from '@ashlar/ui';
import type { Role } from '../api/control.ts';
import { defineTexts } from '../texts/use-text.ts';

export const sectionTexts = defineTexts(
  {
    home: 'Home',
    tables: 'Tables',
    sql: 'SQL',
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
    sql: 'SQL',
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
    | '/projects/$ref/sql'
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
  { key: 'sql', icon: 'sql', to: '/projects/$ref/sql', least: 'viewer' },
  { key: 'advisors', icon: 'shield-check', to: '/projects/$ref/advisors', least: 'viewer' },
  { key: 'keys', icon: 'key', to: '/projects/$ref/keys', least: 'developer' },
  { key: 'settings', icon: 'settings', to: '/projects/$ref/settings', least: 'viewer' },
];
