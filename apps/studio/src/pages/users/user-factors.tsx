import { Button, Text } from '@mantine/core';
import { Icon, type IconName, showToast } from '@ashlar/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accounts, type ProjectUser } from '../../api/accounts.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useFormat, useText } from '../../texts/use-text.ts';
import styles from './user-page.module.css';
import { userTexts } from './user-texts.ts';

interface Proof {
  readonly id: string;
  readonly icon: IconName;
  readonly kind: 'totp' | 'phoneFactor' | 'webauthn' | 'passkey';
  readonly given: string | null;
  readonly isFinished: boolean;
  readonly since: string;
  readonly remove: () => Promise<unknown>;
}

const KINDS = { totp: 'totp', phone: 'phoneFactor', webauthn: 'webauthn' } as const;

/** What an account is proved with besides the first way to sign in. */
export function UserFactors({ user: { id: user } }: { readonly user: ProjectUser }): ReactNode {
  const t = useText(userTexts);
  const format = useFormat();
  const { ref, role } = useProject();
  const client = useQueryClient();
  const [removing, setRemoving] = useState<Proof | null>(null);
  const factors = useQuery(queries.userFactors(ref, user));
  const passkeys = useQuery(queries.userPasskeys(ref, user));
  const mayChange = isAtLeast(role, 'admin');
  const labelOf = ({ kind, given }: Proof): string => (given === null ? t(kind) : `${t(kind)} “${given}”`);
  async function remove(proof: Proof): Promise<void> {
    await proof.remove();
    setRemoving(null);
    showToast({ text: t('removedFactor', { name: labelOf(proof) }), tone: 'good' });
    await client.invalidateQueries(queries.user(ref, user));
  }
  return (
    <section className={styles['section']}>
      <h3 className={styles['heading']}>{t('factors')}</h3>
      <WhileLoading query={factors}>
        {(found) => {
          const proofs: readonly Proof[] = [
            ...found.map((factor) => ({
              id: factor.id,
              icon: 'shield-lock' as const,
              kind: KINDS[factor.factor_type],
              given: factor.friendly_name ?? null,
              isFinished: factor.status === 'verified',
              since: factor.created_at,
              remove: () => accounts.removeFactor(ref, user, factor.id),
            })),
            ...(passkeys.data ?? []).map((passkey) => ({
              id: passkey.id,
              icon: 'fingerprint' as const,
              kind: 'passkey' as const,
              given: passkey.friendly_name ?? null,
              isFinished: true,
              since: passkey.created_at,
              remove: () => accounts.removePasskey(ref, user, passkey.id),
            })),
          ];
          if (proofs.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                {t('noFactors')}
              </Text>
            );
          }
          return (
            <ul className={styles['list']}>
              {proofs.map((proof) => (
                <li key={proof.id} className={styles['item']}>
                  <Icon name={proof.icon} />
                  <span>
                    <bdi>{labelOf(proof)}</bdi>
                    <span className={styles['sub']}>
                      {format.dateTime(new Date(proof.since), { dateStyle: 'medium' })}
                      {!proof.isFinished && ` · ${t('unverified')}`}
                    </span>
                  </span>
                  {mayChange && (
                    <Button
                      variant="subtle"
                      color="red"
                      aria-label={t('removeOf', { name: labelOf(proof) })}
                      onClick={() => setRemoving(proof)}
                    >
                      {t('remove')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </WhileLoading>
      {removing !== null && (
        <ConfirmDialog
          title={t('removeFactorTitle', { name: labelOf(removing) })}
          verb={t('remove')}
          run={() => remove(removing)}
          onClose={() => setRemoving(null)}
        >
          {t('removeFactorText')}
        </ConfirmDialog>
      )}
    </section>
  );
}
