import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { queries } from '../../../api/queries.ts';
import { type Operation, structure } from '../../../api/structure.ts';
import { useProject } from '../../../parts/use-project.ts';

/** Applies operations in one transaction, and has the structure read again. */
export function useApplyChange(
  onDone: () => void | Promise<void>,
): UseMutationResult<unknown, Error, readonly Operation[]> {
  const { ref } = useProject();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (operations: readonly Operation[]) => structure.apply(ref, operations),
    async onSuccess() {
      await client.invalidateQueries(queries.structure(ref));
      await onDone();
    },
  });
}
