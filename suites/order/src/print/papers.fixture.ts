import type { PrintedOrder } from '../application/print-order.ts';
import type { PackingSlip, PickList } from '../application/print-parcel.ts';
import type { ReturnSlip } from '../application/print-return.ts';

const seller = {
  name: { en: 'The General Store', ar: 'المتجر العام' },
  address: { en: '12 Market Street\nBaghdad', ar: 'شارع السوق ١٢\nبغداد' },
  taxNumber: '300-123',
  phone: '+964 770 000 0000',
  email: 'shop@example.com',
};
const ada = {
  name: 'ليلى حسن',
  lines: 'شارع الرشيد 7',
  city: 'بغداد',
  postcode: '10001',
  country: 'IQ',
  phone: '+964 770 123',
};
const titles = [
  { en: 'Green tea', ar: 'شاي أخضر' },
  {
    en: 'Copper coffee pot with a long handle, hand hammered, for six cups, with lid and stand – L / red',
    ar: 'دلة قهوة نحاسية بمقبض طويل مطروقة يدويا لستة فناجين مع غطاء وحامل – كبير / أحمر',
  },
  { en: 'Cup (blue)', ar: 'فنجان (أزرق)' },
  { en: 'USB-C cable 2 m' },
] as const;
const skus = ['TEA-1', 'POT-L-RED', 'CUP-BLUE', 'CABLE-USBC-2M'] as const;

const items = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    line: index + 1,
    sku: `${skus[index % 4] ?? ''}-${index + 1}`,
    title: { ...titles[index % 4] },
    quantity: index % 3 === 0 ? '2.5' : '12',
    uom: index % 3 === 0 ? 'kg' : 'pcs',
  }));

/** Papers of so many lines, with both languages in every place there is. */
export const orderOf = (lines: number, more: Partial<PrintedOrder> = {}): PrintedOrder => ({
  number: 'SO-2026-17',
  placedOn: '2026-03-10',
  status: 'confirmed',
  paymentStatus: 'paid',
  tender: 'online',
  seller,
  party: { name: 'Nour Trading Co.', address: 'Karrada 4\nBaghdad', taxNumber: '9-8-7', email: 'ada@example.com' },
  shipTo: ada,
  currency: 'USD',
  prices: 'exclusive',
  lines: items(lines).map((item) => ({
    ...item,
    cancelled: '0',
    unitPrice: '1250.000000',
    discount: '0',
    rate: '15%',
    tax: '225',
    net: '1500',
  })),
  taxes: [{ code: 'VAT', percent: '15.000000', tax: '22500' }],
  adjustments: [],
  net: '150000',
  total: '172500',
  note: null,
  ...more,
});

export const pickListOf = (lines: number, more: Partial<PickList> = {}): PickList => ({
  id: '0199aaaa-0000-7000-8000-000000000001' as PickList['id'],
  number: 'SO-2026-17-P1',
  orderNumber: 'SO-2026-17',
  placedOn: '2026-03-10',
  shipTo: ada,
  note: 'Ring twice – اتصل قبل الوصول',
  picks: items(lines).map((item, index) => ({
    ...item,
    place: {
      warehouse: 'MAIN',
      location: `A-${String(index + 1).padStart(2, '0')}`,
      name: { en: 'Aisle A', ar: 'الممر أ' },
    },
    lot: index % 4 === 0 ? { code: `LOT-${index + 1}`, expiresOn: '2027-06-30' } : null,
    serials: index % 4 === 3 ? ['SN-1001', 'SN-1002', 'SN-1003'] : [],
  })),
  ...more,
});

export const packingSlipOf = (lines: number, more: Partial<PackingSlip> = {}): PackingSlip => ({
  id: '0199aaaa-0000-7000-8000-000000000001' as PackingSlip['id'],
  number: 'SO-2026-17-P1',
  orderNumber: 'SO-2026-17',
  placedOn: '2026-03-10',
  shipTo: ada,
  seller,
  shippedOn: '2026-03-12',
  carrier: 'Courier',
  tracking: 'TRK-99',
  lines: items(lines).map((item, index) => ({
    ...item,
    packed: item.quantity,
    lots: index % 4 === 0 ? [`LOT-${index + 1}`] : [],
    serials: [],
  })),
  ...more,
});

export const returnSlipOf = (lines: number, more: Partial<ReturnSlip> = {}): ReturnSlip => ({
  id: '0199aaaa-0000-7000-8000-000000000002' as ReturnSlip['id'],
  number: 'SO-2026-17-R1',
  orderNumber: 'SO-2026-17',
  requestedOn: '2026-03-20',
  reason: 'Broken on arrival',
  seller,
  from: ada,
  lines: items(lines),
  ...more,
});
