import type { AccountControl, AccountType } from './account.ts';

export interface ChartEntry {
  readonly code: string;
  readonly name: { readonly en: string; readonly ar: string };
  readonly type: AccountType;
  readonly control?: AccountControl;
  readonly purpose?: Purpose;
}

/** What documents post to; each is served by one account of the organisation. */
export type Purpose =
  | 'receivable'
  | 'deposits'
  | 'cash'
  | 'bank'
  | 'card'
  | 'sales'
  | 'shipping'
  | 'tax_payable'
  | 'rounding'
  | 'write_off'
  | 'inventory'
  | 'goods_received'
  | 'cost_of_goods'
  | 'stock_adjustments'
  | 'retained_earnings';

/** What new books begin with; codes and names may be changed, and accounts added. */
export const chartOfAccounts: readonly ChartEntry[] = [
  { code: '1000', name: { en: 'Cash', ar: 'الصندوق' }, type: 'asset', control: 'cash', purpose: 'cash' },
  { code: '1010', name: { en: 'Bank', ar: 'البنك' }, type: 'asset', control: 'cash', purpose: 'bank' },
  {
    code: '1020',
    name: { en: 'Card payments', ar: 'مدفوعات البطاقات' },
    type: 'asset',
    control: 'cash',
    purpose: 'card',
  },
  {
    code: '1100',
    name: { en: 'Receivables', ar: 'الذمم المدينة' },
    type: 'asset',
    control: 'receivable',
    purpose: 'receivable',
  },
  { code: '1200', name: { en: 'Inventory', ar: 'المخزون' }, type: 'asset', control: 'inventory', purpose: 'inventory' },
  {
    code: '2000',
    name: { en: 'Goods received, not invoiced', ar: 'بضائع مستلمة غير مفوترة' },
    type: 'liability',
    purpose: 'goods_received',
  },
  {
    code: '2100',
    name: { en: 'Customer deposits', ar: 'دفعات العملاء المقدمة' },
    type: 'liability',
    control: 'deposits',
    purpose: 'deposits',
  },
  {
    code: '2200',
    name: { en: 'Tax payable', ar: 'ضريبة مستحقة' },
    type: 'liability',
    control: 'tax',
    purpose: 'tax_payable',
  },
  { code: '3000', name: { en: 'Capital', ar: 'رأس المال' }, type: 'equity' },
  {
    code: '3100',
    name: { en: 'Retained earnings', ar: 'الأرباح المحتجزة' },
    type: 'equity',
    purpose: 'retained_earnings',
  },
  { code: '4000', name: { en: 'Sales', ar: 'المبيعات' }, type: 'income', purpose: 'sales' },
  { code: '4100', name: { en: 'Shipping charged', ar: 'رسوم الشحن' }, type: 'income', purpose: 'shipping' },
  {
    code: '5000',
    name: { en: 'Cost of goods sold', ar: 'تكلفة البضاعة المباعة' },
    type: 'expense',
    purpose: 'cost_of_goods',
  },
  {
    code: '5100',
    name: { en: 'Stock adjustments', ar: 'تسويات المخزون' },
    type: 'expense',
    purpose: 'stock_adjustments',
  },
  { code: '6000', name: { en: 'Bad debts', ar: 'ديون معدومة' }, type: 'expense', purpose: 'write_off' },
  { code: '6100', name: { en: 'Rounding differences', ar: 'فروق التقريب' }, type: 'expense', purpose: 'rounding' },
  { code: '6900', name: { en: 'Other expenses', ar: 'مصروفات أخرى' }, type: 'expense' },
];
