export type AccountType = 'asset' | 'liability' | 'equity' | 'income' | 'expense';

/** A control account is the sum of documents; nobody posts to it by hand. */
export type AccountControl = 'none' | 'receivable' | 'payable' | 'deposits' | 'inventory' | 'tax' | 'cash';
