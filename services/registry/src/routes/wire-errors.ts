import { type ServiceErrors, serviceErrors } from '@ashlar/service';
import { registryErrors } from '../domain/registry-errors.ts';

export const wireErrors: ServiceErrors = serviceErrors('registry', registryErrors.accessDenied);
