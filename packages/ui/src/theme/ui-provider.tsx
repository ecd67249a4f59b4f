import { DirectionProvider, type MantineColorScheme, MantineProvider, useDirection } from '@mantine/core';
import { type ReactNode, useLayoutEffect } from 'react';
import { cssVariables, theme } from './theme.ts';
import '@mantine/core/styles.layer.css';
import '../tokens/fonts.ts';
import '../tokens/tokens.css';
import '../tokens/base.css';

export interface UiProviderProps {
  readonly direction: 'ltr' | 'rtl';
  readonly language: string;
  /** What counts until the person says otherwise. */
  readonly colourScheme?: MantineColorScheme;
  readonly children: ReactNode;
}

/** Theme, direction and language for everything below, and for the document itself. */
export function UiProvider({ direction, language, colourScheme = 'auto', children }: UiProviderProps): ReactNode {
  return (
    <DirectionProvider initialDirection={direction} detectDirection={false}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme={colourScheme}>
        <DocumentLanguage direction={direction} language={language} />
        {children}
      </MantineProvider>
    </DirectionProvider>
  );
}

function DocumentLanguage({ direction, language }: Pick<UiProviderProps, 'direction' | 'language'>): null {
  const { setDirection } = useDirection();
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    setDirection(direction);
  }, [direction, language, setDirection]);
  return null;
}
