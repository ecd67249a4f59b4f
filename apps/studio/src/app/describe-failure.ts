import { showToast } from '@ashlar/ui';
import { ApiError } from '../api/api-error.ts';
import { commonTexts } from '../texts/common.ts';
import { useText } from '../texts/use-text.ts';

/** A failure in the words of who looks at it. */
export function useFailureText(): (error: unknown) => string {
  const t = useText(commonTexts);
  return (error) => {
    if (error instanceof ApiError) return error.hint === null ? error.message : `${error.message}. ${error.hint}.`;
    return error instanceof TypeError ? t('offline') : t('failed');
  };
}

/** Tells of a failure at the edge of the window, for what was done without a form. */
export function useFailureToast(): (error: unknown) => void {
  const describe = useFailureText();
  return (error) => showToast({ text: describe(error), tone: 'bad' });
}
