import { Button, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { accountSettings, type Template } from '../../api/account-settings.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { FormError } from '../../parts/form-error.tsx';
import { useProject } from '../../parts/use-project.ts';
import { commonTexts } from '../../texts/common.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import styles from './project-settings-page.module.css';

const KINDS = ['confirmation', 'invite', 'magic_link', 'recovery', 'email_change', 'reauthentication'] as const;
type Kind = (typeof KINDS)[number];
const LOCALES = ['en', 'ar'] as const;
const VARIABLES = '{{ .ConfirmationURL }}, {{ .Token }}, {{ .Email }}';

/** Each mail in each language as somebody would get it, and a text of one's own in its place. */
export function MailTemplates(): ReactNode {
  const t = useText(accountSettingsTexts);
  const c = useText(commonTexts);
  const { language } = useLanguage();
  const { ref, role } = useProject();
  const client = useQueryClient();
  const section = queries.accountSettings(ref, 'mail');
  const { data: mail } = useQuery(section);
  const [kind, setKind] = useState<Kind>('confirmation');
  const [locale, setLocale] = useState<'en' | 'ar'>(language);
  const [draft, setDraft] = useState<Template | null>(null);
  const [isLeaving, setLeaving] = useState(false);
  const name = `${kind}.${locale}`;
  const stored = mail?.value.templates[name] ?? null;
  const shown = draft ?? stored;
  const typed = useDeferredValue(draft);
  const preview = useQuery({
    queryKey: ['mail-preview', ref, kind, locale, typed, mail?.version],
    queryFn: () => accountSettings.previewMail(ref, { kind, locale, template: typed }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const save = useMutation({
    mutationFn: (template: Template | null) =>
      accountSettings.change(ref, 'mail', mail?.version ?? 0, { templates: { [name]: template } }),
    onSuccess(document) {
      client.setQueryData(section.queryKey, document);
      setDraft(null);
      showToast({ text: c('saved'), tone: 'good' });
    },
  });
  const mayChange = isAtLeast(role, 'admin');
  const turn = (next: () => void): void => {
    setDraft(null);
    save.reset();
    next();
  };
  return (
    <section>
      <h2 className={styles['heading']}>{t('templates')}</h2>
      <Stack gap="sm" mt="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <Select
            label={t('template')}
            data={KINDS.map((value) => ({ value, label: t(`kind_${value}`) }))}
            value={kind}
            onChange={(value) => turn(() => setKind(KINDS.find((each) => each === value) ?? kind))}
          />
          <Select
            label={t('templateLocale')}
            data={LOCALES.map((value) => ({ value, label: t(value === 'ar' ? 'arabic' : 'english') }))}
            value={locale}
            onChange={(value) => turn(() => setLocale(value === 'ar' ? 'ar' : 'en'))}
          />
        </SimpleGrid>
        <FormError error={save.error ?? preview.error} />
        {shown !== null && (
          <>
            <TextInput
              label={t('subject')}
              dir="auto"
              maxLength={500}
              readOnly={!mayChange}
              value={shown.subject}
              onChange={({ currentTarget: { value: subject } }) => setDraft({ ...shown, subject })}
            />
            <Textarea
              label={t('html')}
              description={t('templateHint', { variables: VARIABLES })}
              dir="ltr"
              size="sm"
              autosize
              minRows={6}
              maxRows={16}
              styles={{ input: { fontFamily: 'var(--a-font-mono)' } }}
              readOnly={!mayChange}
              value={shown.html}
              onChange={({ currentTarget: { value: html } }) => setDraft({ ...shown, html })}
            />
          </>
        )}
        <figure className={styles['preview']}>
          <figcaption>
            <Text size="xs" c="dimmed">
              {t('preview')}
            </Text>
            <bdi>{preview.data?.subject}</bdi>
          </figcaption>
          {/* Without any right: what is written there is shown and does nothing. */}
          <iframe title={t('preview')} sandbox="" srcDoc={preview.data?.html ?? ''} />
        </figure>
        {mayChange && (
          <Group justify="flex-end" gap="xs">
            {shown === null && preview.data !== undefined && (
              <Button
                variant="default"
                onClick={() => setDraft({ subject: preview.data.subject, html: `<p>{{ .Token }}</p>\n` })}
              >
                {t('ownTemplate')}
              </Button>
            )}
            {stored !== null && (
              <Button variant="subtle" color="red" onClick={() => setLeaving(true)}>
                {t('backToBuiltIn')}
              </Button>
            )}
            {draft !== null && (
              <>
                <Button variant="default" onClick={() => setDraft(null)}>
                  {c('cancel')}
                </Button>
                <Button loading={save.isPending} onClick={() => save.mutate(draft)}>
                  {t('saveTemplate')}
                </Button>
              </>
            )}
          </Group>
        )}
      </Stack>
      {isLeaving && (
        <ConfirmDialog
          title={t('backTitle')}
          verb={t('removeProvider')}
          run={() => save.mutateAsync(null).then(() => setLeaving(false))}
          onClose={() => setLeaving(false)}
        >
          {t('backText')}
        </ConfirmDialog>
      )}
    </section>
  );
}
