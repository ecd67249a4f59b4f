import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ProjectInDetail } from '../api/control.ts';
import { queries } from '../api/queries.ts';

/** The project whose page this is; it was loaded before the page. */
export function useProject(): ProjectInDetail {
  const { ref = '' } = useParams({ strict: false });
  return useSuspenseQuery(queries.project(ref)).data;
}
