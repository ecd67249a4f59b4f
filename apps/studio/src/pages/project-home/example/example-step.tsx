import { Button, Group } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { queries } from '../../../api/queries.ts';
import { runSql } from '../../../api/run-sql.ts';
import { structure } from '../../../api/structure.ts';
import type { Structure } from '../../../api/structure-types.ts';
import { FormError } from '../../../parts/form-error.tsx';
import { useProject } from '../../../parts/use-project.ts';
import { useText } from '../../../texts/use-text.ts';
import { ConfirmChange } from '../../tables/change/confirm-change.tsx';
import { projectHomeTexts } from '../project-home-texts.ts';
import { EXAMPLE_SCHEMA, exampleOperations, exampleRows, removeExample } from './example-shop.ts';

/** Makes the example and opens it; when it is there, leads to it and takes it away. */
export function ExampleStep({ known }: { readonly known: Structure }): ReactNode {
  const t = useText(projectHomeTexts);
  const { ref } = useProject();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isRemoving, setRemoving] = useState(false);
  const isThere = known.schemas.some(({ name }) => name === EXAMPLE_SCHEMA);
  const make = useMutation({
    async mutationFn() {
      await structure.apply(ref, exampleOperations);
      try {
        await runSql(ref, { sql: exampleRows, as: 'owner' });
      } catch (error) {
        // Tables without their rows are no example.
        await structure.apply(ref, [removeExample]);
        throw error;
      }
    },
    async onSuccess() {
      await client.invalidateQueries(queries.structure(ref));
      await navigate({
        to: '/projects/$ref/tables/$schema/$table',
        params: { ref, schema: EXAMPLE_SCHEMA, table: 'products' },
      });
    },
  });
  return (
    <>
      <FormError error={make.error} />
      {isThere ? (
        <Group gap="xs">
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/projects/$ref/tables/$schema/$table"
                params={{ ref, schema: EXAMPLE_SCHEMA, table: 'products' }}
              />
            )}
          >
            {t('seeExample')}
          </Button>
          <Button variant="subtle" color="red" leftSection={<Icon name="trash" />} onClick={() => setRemoving(true)}>
            {t('removeExample')}
          </Button>
        </Group>
      ) : (
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          {t('openExample')}
        </Button>
      )}
      {isRemoving && (
        <ConfirmChange
          title={t('removeExample')}
          operation={removeExample}
          isRed
          onClose={() => setRemoving(false)}
          onDone={() => {
            setRemoving(false);
            showToast({ text: t('exampleRemoved'), tone: 'good' });
          }}
        >
          {t('removeExampleHint', { schema: EXAMPLE_SCHEMA })}
        </ConfirmChange>
      )}
    </>
  );
}
