import { Select, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Operation } from '../../../api/structure.ts';
import type { TypeInfo } from '../../../api/structure-types.ts';
import { useText } from '../../../texts/use-text.ts';
import { ChangeForm } from '../../tables/change/change-form.tsx';
import { schemaTexts } from '../schema-texts.ts';
import { isFree, type MakeProps, NameField, SchemaField } from './fields.tsx';

export function EnumDialog({ structure, onClose }: MakeProps): ReactNode {
  const t = useText(schemaTexts);
  const [schema, setSchema] = useState('public');
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const taken = [...structure.types, ...structure.tables].filter((one) => one.schema === schema).map((one) => one.name);
  const labels = text
    .split('\n')
    .map((label) => label.trim())
    .filter((label) => label !== '');
  const isGood = isFree(name, taken) && labels.length > 0 && new Set(labels).size === labels.length;
  return (
    <ChangeForm
      title={t('newEnum')}
      verb={t('create')}
      missing={t('incomplete')}
      operations={isGood ? [{ operation: 'create-enum', input: { schema, type: name.trim(), labels } }] : []}
      onClose={onClose}
      onDone={onClose}
    >
      <SchemaField structure={structure} value={schema} onChange={setSchema} />
      <NameField value={name} taken={taken} isFocused onChange={setName} />
      <Textarea
        label={t('labels')}
        description={t('labelsHint')}
        dir="auto"
        autosize
        minRows={4}
        maxRows={14}
        value={text}
        onChange={({ currentTarget: { value } }) => setText(value)}
      />
    </ChangeForm>
  );
}

export interface EnumLabelDialogProps {
  readonly type: TypeInfo;
  readonly way: 'add' | 'rename';
  readonly onClose: () => void;
}

/** One label more, or another name for one. Labels cannot be taken away. */
export function EnumLabelDialog({ type, way, onClose }: EnumLabelDialogProps): ReactNode {
  const t = useText(schemaTexts);
  const [other, setOther] = useState<string | null>(null);
  const [text, setText] = useState('');
  const label = text.trim();
  const place = { schema: type.schema, type: type.name };
  const isGood = isFree(label, type.labels) && (way === 'add' || other !== null);
  const operation: Operation =
    way === 'add'
      ? { operation: 'add-enum-label', input: { ...place, label, ...(other === null ? {} : { before: other }) } }
      : { operation: 'rename-enum-label', input: { ...place, label: other, to: label } };
  return (
    <ChangeForm
      title={t(way === 'add' ? 'addLabel' : 'renameLabel')}
      verb={t('save')}
      operations={isGood ? [operation] : []}
      onClose={onClose}
      onDone={onClose}
    >
      {way === 'rename' && (
        <Select
          label={t('label')}
          dir="auto"
          data-autofocus
          data={[...type.labels]}
          value={other}
          onChange={setOther}
        />
      )}
      <TextInput
        label={t(way === 'add' ? 'label' : 'newLabel')}
        dir="auto"
        autoComplete="off"
        {...(way === 'add' ? { 'data-autofocus': true } : {})}
        error={type.labels.includes(label) ? t('nameTaken') : null}
        value={text}
        onChange={({ currentTarget: { value } }) => setText(value)}
      />
      {way === 'add' && (
        <Select
          label={t('before')}
          dir="auto"
          clearable
          placeholder={t('atEnd')}
          data={[...type.labels]}
          value={other}
          onChange={setOther}
        />
      )}
    </ChangeForm>
  );
}
