import type { ReactNode } from 'react';

/** Courses of dressed stone. */
export function Mark({ size = 22 }: { readonly size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" style={{ flex: 'none' }}>
      <rect width="24" height="24" rx="5" fill="#2f5bea" />
      <path d="M5 6.5h6v4.75H5zM12.5 6.5H19v4.75h-6.5zM5 12.75h9v4.75H5zM15.5 12.75H19v4.75h-3.5z" fill="#fff" />
    </svg>
  );
}
