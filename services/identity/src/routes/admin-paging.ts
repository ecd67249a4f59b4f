import { identityErrors } from '../domain/identity-errors.ts';

const DEFAULT_PAGE_SIZE = 50;
/** A larger page is cut to this. */
const MAX_PAGE_SIZE = 1000;
/** Keeps the offset well inside PostgreSQL's bigint. */
const MAX_PAGE_NUMBER = 1_000_000_000;

export interface Page {
  /** From 1. */
  readonly number: number;
  readonly size: number;
}

/** @throws {AshlarError} `identity.validation_failed` when a parameter is no positive whole number. */
export function readPage(number: string, size: string): Page {
  return {
    number: positive('page', number, 1, MAX_PAGE_NUMBER),
    size: positive('per_page', size, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE),
  };
}

function positive(name: string, text: string, fallback: number, max: number): number {
  if (text === '') return fallback;
  const value = /^\d{1,18}$/.test(text) ? Number(text) : 0;
  if (value > 0) return Math.min(value, max);
  throw identityErrors.validationFailed({
    detail: `Bad Pagination Parameters: ${name} must be a positive whole number, got "${text}"`,
  });
}

/** `page` comes first in the links: clients cut the number out at that place. */
export function pageHeaders(url: string, { number, size }: Page, total: number): Readonly<Record<string, string>> {
  const last = Math.max(Math.ceil(total / size), 1);
  const link = (page: number, relation: string): string => `<${url}?page=${page}&per_page=${size}>; rel="${relation}"`;
  const links = number < last ? [link(number + 1, 'next'), link(last, 'last')] : [link(last, 'last')];
  return { 'x-total-count': String(total), link: links.join(', ') };
}
