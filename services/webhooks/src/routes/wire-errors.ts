import { type ServiceErrors, serviceErrors } from '@ashlar/service';
import { webhookErrors } from '../domain/webhook-errors.ts';

export const wireErrors: ServiceErrors = serviceErrors('webhooks', webhookErrors.accessDenied);
