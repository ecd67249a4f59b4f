import { MultiSelect, SegmentedControl, Select } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import type { PolicyInfo } from '../../../api/structure-types.ts';
import { useText } from '../../../texts/use-text.ts';
import { ChangeForm } from '../../tables/change/change-form.tsx';
import {
  Beside,
  ColumnsField,
  type MakeProps,
  NameField,
  ownTables,
  SqlField,
  TableField,
} from '../dialogs/fields.tsx';
import { schemaTexts } from '../schema-texts.ts';
import {
  completeDraft,
  conditionsOf,
  draftOf,
  fromTemplate,
  guessParts,
  policyOperations,
  type Template,
  TEMPLATES,
  type TemplateParts,
} from './policy-draft.ts';
import { policyTexts } from './policy-texts.ts';
import { PolicyTest } from './policy-test.tsx';
import styles from './policies.module.css';

const COMMANDS = ['all', 'select', 'insert', 'update', 'delete'] as const;
const ROLES = ['anon', 'authenticated', 'service_role', 'public'];
const NO_PARTS: TemplateParts = { owner: '', organisation: '', members: null };

export interface PolicyDialogProps extends MakeProps {
  /** The one to change; null for a new one. */
  readonly policy: PolicyInfo | null;
}

/** A policy, written from a template and tried on the rows that are there before it is made. */
export function PolicyDialog({ structure, table: first, policy, onClose }: PolicyDialogProps): ReactNode {
  const t = useText(policyTexts);
  const s = useText(schemaTexts);
  const tables = useMemo(() => ownTables(structure), [structure]);
  const [table, setTable] = useState(first);
  const [template, setTemplate] = useState<Template>('own');
  const [parts, setParts] = useState(() => (first === null ? NO_PARTS : guessParts(first, tables)));
  const [draft, setDraft] = useState(() => (policy === null ? fromTemplate('own', parts) : draftOf(policy)));
  const set = (change: Partial<typeof draft>): void => setDraft({ ...draft, ...change });
  const begin = (next: Template, given: TemplateParts): void => {
    setTemplate(next);
    setParts(given);
    setDraft(fromTemplate(next, given));
  };
  const taken = structure.policies
    .filter((one) => one.schema === table?.schema && one.table === table?.name && one.name !== policy?.name)
    .map((one) => one.name);
  const isFree = !taken.includes(draft.name.trim());
  const { using: hasUsing, check: hasCheck } = conditionsOf(draft.command);
  const complete = isFree ? completeDraft(draft) : null;
  return (
    <ChangeForm
      title={t(policy === null ? 'newPolicy' : 'editPolicy')}
      verb={s(policy === null ? 'create' : 'save')}
      size={1080}
      {...(policy === null ? { missing: s('incomplete') } : {})}
      operations={table === null || !isFree ? [] : policyOperations(table, draft, policy)}
      onClose={onClose}
      onDone={onClose}
    >
      <div className={styles['editor']}>
        <div className={styles['fields']}>
          {policy === null && (
            <>
              <Beside>
                <TableField
                  structure={structure}
                  value={table}
                  onChange={(next) => {
                    setTable(next);
                    begin(template, next === null ? NO_PARTS : guessParts(next, tables));
                  }}
                />
                <Select
                  label={t('template')}
                  allowDeselect={false}
                  data={TEMPLATES.map((value) => ({ value, label: t(value) }))}
                  value={template}
                  onChange={(next) => begin(TEMPLATES.find((one) => one === next) ?? 'blank', parts)}
                />
              </Beside>
              {table !== null && (template === 'own' || template === 'members') && (
                <Beside>
                  {template === 'own' ? (
                    <Select
                      label={t('ownerColumn')}
                      dir="ltr"
                      data={table.columns.map(({ name }) => name)}
                      value={parts.owner === '' ? null : parts.owner}
                      onChange={(owner) => begin(template, { ...parts, owner: owner ?? '' })}
                    />
                  ) : (
                    <>
                      <Select
                        label={t('organisationColumn')}
                        dir="ltr"
                        data={table.columns.map(({ name }) => name)}
                        value={parts.organisation === '' ? null : parts.organisation}
                        onChange={(organisation) => begin(template, { ...parts, organisation: organisation ?? '' })}
                      />
                      <TableField
                        structure={structure}
                        label={t('memberTable')}
                        value={parts.members?.table ?? null}
                        onChange={(next) => begin(template, withMembers(parts, next))}
                      />
                      {parts.members !== null && (
                        <ColumnsField
                          table={parts.members.table}
                          label={t('ownerColumn')}
                          value={[parts.members.user]}
                          onChange={(chosen) =>
                            parts.members !== null &&
                            begin(template, { ...parts, members: { ...parts.members, user: chosen.at(-1) ?? '' } })
                          }
                        />
                      )}
                    </>
                  )}
                </Beside>
              )}
            </>
          )}
          <NameField value={draft.name} taken={taken} isFocused={policy !== null} onChange={(name) => set({ name })} />
          <Beside>
            <Select
              label={t('command')}
              allowDeselect={false}
              data={COMMANDS.map((value) => ({ value, label: t(value) }))}
              value={draft.command}
              onChange={(next) => set({ command: COMMANDS.find((one) => one === next) ?? draft.command })}
            />
            <MultiSelect
              label={t('roles')}
              dir="ltr"
              data={[...new Set([...ROLES, ...draft.roles])]}
              value={[...draft.roles]}
              onChange={(roles) => set({ roles })}
            />
          </Beside>
          <div>
            <SegmentedControl
              aria-label={t('kind')}
              size="xs"
              data={[
                { value: 'yes', label: t('permissive') },
                { value: 'no', label: t('restrictive') },
              ]}
              value={draft.permissive ? 'yes' : 'no'}
              onChange={(next) => set({ permissive: next === 'yes' })}
            />
            <p className={styles['hint']}>{t(draft.permissive ? 'permissiveHint' : 'restrictiveHint')}</p>
          </div>
          {hasUsing && <SqlField label={t('using')} value={draft.using} onChange={(using) => set({ using })} />}
          {hasCheck && (
            <SqlField
              label={t('check')}
              {...(hasUsing ? { hint: t('checkHint') } : {})}
              value={draft.check}
              onChange={(check) => set({ check })}
            />
          )}
        </div>
        {table !== null && <PolicyTest key={`${table.schema} ${table.name}`} table={table} draft={complete} />}
      </div>
    </ChangeForm>
  );
}

function withMembers(parts: TemplateParts, table: MakeProps['table']): TemplateParts {
  if (table === null) return { ...parts, members: null };
  const { owner: user, organisation } = guessParts(table, []);
  const [first] = table.columns;
  return { ...parts, members: { table, user, organisation: organisation === '' ? (first?.name ?? '') : organisation } };
}
