export { derivedKey, openText, sealText } from './seal-text.ts';
export { newWebhookSecret, webhookSignature } from './webhook-signature.ts';
