import { defineErrors, type ErrorFactory } from '@ashlar/kernel';
import { providerErrorsInArabic } from './provider-errors-in-arabic.ts';

export type ProviderError =
  | 'providerNameTaken'
  | 'providerInactive'
  | 'providerKeyMissing'
  | 'providerUrlRefused'
  | 'amountNotChargeable'
  | 'notAtProvider'
  | 'otherPayment'
  | 'askedAlready'
  | 'nothingHeld'
  | 'signatureInvalid';

/** What billing refuses about whoever moves money for it. */
export const providerErrors: Readonly<Record<ProviderError, ErrorFactory>> = defineErrors(
  'billing',
  {
    providerNameTaken: {
      kind: 'conflict',
      title: 'There is a provider of this name already',
      retryable: true,
    },
    providerInactive: { kind: 'conflict', title: 'The provider {name} is not active' },
    providerKeyMissing: { kind: 'unprocessable', title: 'A new provider needs its secret key' },
    providerUrlRefused: {
      kind: 'unprocessable',
      title: 'The address {url} is not the provider’s own',
      hint: 'The operator names hosts that may stand in for it in outbound-allow',
    },
    amountNotChargeable: { kind: 'unprocessable', title: 'The provider takes no such amount of {currency}' },
    notAtProvider: { kind: 'conflict', title: 'No provider has the payment at hand' },
    otherPayment: { kind: 'conflict', title: 'What was told is of another payment of the provider' },
    askedAlready: { kind: 'conflict', title: 'The provider is asked about this payment already' },
    nothingHeld: { kind: 'conflict', title: 'Nothing is held by the payment: it is {state}' },
    signatureInvalid: { kind: 'malformed', title: 'The event is not signed as it should be' },
  },
  { ar: providerErrorsInArabic },
);
