import { Autocomplete, Checkbox, Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useText } from '../../../texts/use-text.ts';
import { ChangeForm } from '../../tables/change/change-form.tsx';
import { isName } from '../../tables/change/column-draft.ts';
import { typesOf } from '../../tables/change/column-fields.tsx';
import { schemaTexts } from '../schema-texts.ts';
import { readArguments } from './arguments.ts';
import { Beside, type MakeProps, NameField, SchemaField, SqlField } from './fields.tsx';

const LANGUAGES = ['sql', 'plpgsql'] as const;
const VOLATILITIES = ['stable', 'volatile', 'immutable'] as const;
const TRIGGER_BODY = 'begin\n  new.updated_at := now();\n  return new;\nend';

/** A new function. One that is there is edited as SQL, where its whole definition can be seen. */
export function FunctionDialog({ structure, onClose }: MakeProps): ReactNode {
  const t = useText(schemaTexts);
  const [schema, setSchema] = useState('public');
  const [name, setName] = useState('');
  const [parameters, setParameters] = useState('');
  const [returns, setReturns] = useState('integer');
  const [isSet, setSet] = useState(false);
  const [language, setLanguage] = useState<(typeof LANGUAGES)[number]>('sql');
  const [volatility, setVolatility] = useState<(typeof VOLATILITIES)[number]>('stable');
  const [isDefiner, setDefiner] = useState(false);
  const [body, setBody] = useState('select 1');
  const { list, wrong } = readArguments(parameters);
  const isTrigger = returns.trim() === 'trigger';
  const input = {
    schema,
    function: name.trim(),
    arguments: isTrigger ? [] : list,
    returns: { type: returns.trim(), set: isSet && !isTrigger },
    language: isTrigger ? 'plpgsql' : language,
    volatility: isTrigger ? 'volatile' : volatility,
    securityDefiner: isDefiner,
    body,
  };
  const isGood = isName(name) && wrong === null && returns.trim() !== '' && body.trim() !== '';
  return (
    <ChangeForm
      title={t('newFunction')}
      verb={t('create')}
      missing={t('incomplete')}
      size="xl"
      operations={isGood ? [{ operation: 'create-function', input }] : []}
      onClose={onClose}
      onDone={onClose}
    >
      <Beside>
        <SchemaField structure={structure} value={schema} onChange={setSchema} />
        <NameField value={name} taken={[]} isFocused onChange={setName} />
        <Autocomplete
          label={t('returns')}
          dir="ltr"
          data={['void', 'trigger', ...typesOf(structure)]}
          value={returns}
          onChange={(next) => {
            setReturns(next);
            if (next.trim() === 'trigger' && body === 'select 1') setBody(TRIGGER_BODY);
          }}
        />
      </Beside>
      {!isTrigger && (
        <>
          <SqlField
            label={t('arguments')}
            hint={t('argumentsHint')}
            value={parameters}
            fault={wrong === null ? null : t('argumentsWrong', { line: wrong })}
            onChange={setParameters}
          />
          <Beside>
            <Select
              label={t('language')}
              dir="ltr"
              allowDeselect={false}
              data={[...LANGUAGES]}
              value={language}
              onChange={(next) => setLanguage(next === 'plpgsql' ? 'plpgsql' : 'sql')}
            />
            <Select
              label={t('volatility')}
              allowDeselect={false}
              data={VOLATILITIES.map((value) => ({ value, label: t(value) }))}
              value={volatility}
              onChange={(next) => setVolatility(VOLATILITIES.find((one) => one === next) ?? volatility)}
            />
          </Beside>
          <Checkbox label={t('set')} checked={isSet} onChange={({ currentTarget: { checked } }) => setSet(checked)} />
        </>
      )}
      <SqlField label={t('body')} rows={5} value={body} onChange={setBody} />
      <Checkbox
        label={t('definer')}
        description={t('definerHint')}
        checked={isDefiner}
        onChange={({ currentTarget: { checked } }) => setDefiner(checked)}
      />
    </ChangeForm>
  );
}
