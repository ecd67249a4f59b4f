import { derivedKey, openText, sealText } from '@ashlar/secrets';
import { type Project, sealingSecretOf } from '@ashlar/service';

/** Seals what suites keep secret in a project, and opens it again. */
export interface Sealer {
  readonly seal: (text: string, context: string) => string;
  readonly open: (sealed: string, context: string) => string;
}

const PURPOSE = 'secrets of the suites v1';
/** Before what was sealed with a data key; base64 has no colon. */
const WITH_DATA_KEY = 'data-key:';

/**
 * The project's data key seals, which the instance keeps wrapped by its master key; where nobody keeps one, a key that
 * follows from a secret of the project does, and what that sealed stays readable.
 */
export async function projectSealer({ keys, dataKey }: Pick<Project, 'keys' | 'dataKey'>): Promise<Sealer> {
  const derived = derivedKey(sealingSecretOf(keys), PURPOSE);
  const kept = await dataKey?.();
  const data = kept === undefined ? null : derivedKey(kept.toString('base64'), PURPOSE);
  return {
    seal: (text, context) =>
      data === null ? sealText(derived, text, context) : `${WITH_DATA_KEY}${sealText(data, text, context)}`,
    open(sealed, context) {
      if (!sealed.startsWith(WITH_DATA_KEY)) return openText(derived, sealed, context);
      if (data === null) throw new Error('It takes the data key of the project to open this');
      return openText(data, sealed.slice(WITH_DATA_KEY.length), context);
    },
  };
}
