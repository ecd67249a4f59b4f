import { Toasts, UiProvider } from '@ashlar/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { router } from '../routes.tsx';
import { commonTexts } from '../texts/common.ts';
import { LanguageProvider, useLanguage } from '../texts/language.tsx';
import { useText } from '../texts/use-text.ts';
import { queryClient } from './query-client.ts';

export function App(): ReactNode {
  return (
    <LanguageProvider>
      <InLanguage />
    </LanguageProvider>
  );
}

function InLanguage(): ReactNode {
  const { language, direction } = useLanguage();
  const t = useText(commonTexts);
  return (
    <UiProvider language={language} direction={direction}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts closeLabel={t('close')} />
      </QueryClientProvider>
    </UiProvider>
  );
}
