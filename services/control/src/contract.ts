import { CONTROL_PROJECT, type ServiceContract } from '@ashlar/service';
import { renderDoorFailure, renderRefusal } from './routes/wire-errors.ts';

const BODY_LIMIT_BYTES = 1_048_576;

/** Administration of the instance at `/control/v1`, for accounts of the control project. */
export const controlContract: ServiceContract = {
  name: 'control',
  publicNames: ['control'],
  // Setting up and accepting invitations is for people without an account; personal tokens are not the door's to know.
  caller: 'optional',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  // Its tables are in the control database alone.
  schema: null,
  home: CONTROL_PROJECT,
  refuse: (refusal) => renderRefusal(refusal),
  fail: (failure) => renderDoorFailure(failure),
};
