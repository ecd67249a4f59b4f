import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.ts';

const FRESH_FOR_MS = 15_000;
const MAX_RETRIES = 2;

/** What was read is shown at once and read again behind; a refusal is an answer and asked for once. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_FOR_MS,
      retry: (failures, error) => failures < MAX_RETRIES && !(error instanceof ApiError && error.status < 500),
    },
  },
});
