import { NumberInput, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AccountSettings } from '../../api/account-settings.ts';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import { SectionForm, type SectionFields } from './section-form.tsx';
import { SettingsPage } from './settings-page.tsx';

type Limits = AccountSettings['protection'];
type LimitName = Exclude<keyof Limits, 'attemptsBeforeLockout' | 'maxLockoutSeconds'>;

const PER_NETWORK = [
  'signUpsPerHour',
  'signInsPerHour',
  'refreshesPerHour',
  'verificationsPerHour',
  'anonymousPerHour',
  'messageRequestsPerHour',
] as const satisfies readonly LimitName[];
const PER_PROJECT = ['mailsPerHour', 'smsPerHour'] as const satisfies readonly LimitName[];

/** How much anybody may ask for before they wait. */
export function LimitsSettingsPage(): ReactNode {
  const t = useText(accountSettingsTexts);
  return (
    <SettingsPage title={t('limits')}>
      <SectionForm section="protection" title={t('perHour')}>
        {(fields) => (
          <>
            <Text size="sm" c="dimmed">
              {t('perHourHint')}
            </Text>
            <Limits names={PER_NETWORK} fields={fields} />
          </>
        )}
      </SectionForm>
      <SectionForm section="protection" title={t('whole')}>
        {(fields) => <Limits names={PER_PROJECT} fields={fields} />}
      </SectionForm>
      <SectionForm section="protection" title={t('lockout')}>
        {({ value, change, readOnly }) => (
          <>
            <Text size="sm" c="dimmed">
              {t('lockoutHint')}
            </Text>
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
              <NumberInput
                size="sm"
                label={t('attemptsBeforeLockout')}
                min={1}
                max={1000}
                allowDecimal={false}
                readOnly={readOnly}
                value={value.attemptsBeforeLockout}
                onChange={(typed) => typeof typed === 'number' && change({ attemptsBeforeLockout: typed })}
              />
              <NumberInput
                size="sm"
                label={t('maxLockoutSeconds')}
                min={0}
                allowDecimal={false}
                readOnly={readOnly}
                value={value.maxLockoutSeconds}
                onChange={(typed) => typeof typed === 'number' && change({ maxLockoutSeconds: typed })}
              />
            </SimpleGrid>
          </>
        )}
      </SectionForm>
    </SettingsPage>
  );
}

interface LimitsProps {
  readonly names: readonly LimitName[];
  readonly fields: SectionFields<'protection'>;
}

function Limits({ names, fields: { value, change, readOnly } }: LimitsProps): ReactNode {
  const t = useText(accountSettingsTexts);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      {names.map((name) => (
        <NumberInput
          key={name}
          size="sm"
          label={t(name)}
          min={0}
          max={1_000_000}
          allowDecimal={false}
          readOnly={readOnly}
          value={value[name] ?? ''}
          onChange={(typed) => change({ [name]: typeof typed === 'number' ? typed : null })}
        />
      ))}
    </SimpleGrid>
  );
}
