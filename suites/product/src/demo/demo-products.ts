import { checkDigit } from '../domain/gtin.ts';
import { devices } from './devices.ts';
import { food } from './food.ts';
import { household } from './household.ts';
import type { Shelf, ShelfOption } from './shelf.ts';
import { wardrobe } from './wardrobe.ts';

type Names = { readonly en: string; readonly ar: string };

export interface DemoProduct {
  readonly sku: string;
  readonly title: Names;
  readonly brand: string | null;
  readonly category: string;
  readonly tax: string;
  readonly type: 'goods' | 'service' | 'digital' | 'gift_card' | 'bundle';
  readonly tracking: 'none' | 'lot' | 'serial';
  readonly uom: string;
  readonly cents: number;
  readonly options: readonly ShelfOption[];
  /** Of a bundle: SKUs, and how many of each. */
  readonly parts: readonly (readonly [sku: string, count: number])[];
}

/** Slug, English and Arabic name, and the slug of the category above. */
export const demoCategories: readonly (readonly [slug: string, en: string, ar: string, parent: string | null])[] = [
  ['food', 'Food and drink', 'مأكولات ومشروبات', null],
  ['home', 'Home', 'المنزل', null],
  ['clothing', 'Clothing', 'ملابس', null],
  ['electronics', 'Electronics', 'إلكترونيات', null],
  ['health', 'Health and care', 'صحة وعناية', null],
  ['services-and-gifts', 'Services and gifts', 'خدمات وهدايا', null],
  ['coffee-and-tea', 'Coffee and tea', 'قهوة وشاي', 'food'],
  ['grains-and-pulses', 'Grains and pulses', 'حبوب وبقوليات', 'food'],
  ['spices', 'Spices', 'بهارات', 'food'],
  ['oils-and-honey', 'Oils, syrups and honey', 'زيوت ودبس وعسل', 'food'],
  ['sweets-and-nuts', 'Sweets and nuts', 'حلويات ومكسرات', 'food'],
  ['kitchen', 'Kitchen', 'المطبخ', 'home'],
  ['cleaning', 'Cleaning', 'تنظيف', 'home'],
  ['home-textiles', 'Home textiles', 'مفروشات', 'home'],
  ['stationery', 'Stationery', 'قرطاسية', 'home'],
  ['materials', 'Materials by the metre', 'مواد بالمتر', 'home'],
  ['men', 'Men', 'رجال', 'clothing'],
  ['women', 'Women', 'نساء', 'clothing'],
  ['children', 'Children', 'أطفال', 'clothing'],
  ['shoes', 'Shoes', 'أحذية', 'clothing'],
  ['appliances', 'Appliances', 'أجهزة منزلية', 'electronics'],
  ['phones-and-tablets', 'Phones and tablets', 'هواتف وألواح', 'electronics'],
  ['accessories', 'Accessories', 'ملحقات', 'electronics'],
];

const bundles: readonly (readonly [string, string, string, string, number, DemoProduct['parts']])[] = [
  [
    'BDL-TEA',
    'Tea time',
    'وقت الشاي',
    'coffee-and-tea',
    890,
    [
      ['TEA-CEY-25', 1],
      ['KIT-IST-6', 1],
    ],
  ],
  [
    'BDL-COF',
    'Coffee corner',
    'ركن القهوة',
    'coffee-and-tea',
    5290,
    [
      ['COF-CAR-250', 2],
      ['KIT-DAL', 1],
    ],
  ],
  [
    'BDL-SPC',
    'Spice cupboard',
    'خزانة البهارات',
    'spices',
    990,
    [
      ['SPC-CUM-S', 1],
      ['SPC-TUR-S', 1],
      ['SPC-SUM-S', 1],
      ['SPC-BLK-S', 1],
      ['SPC-PAP-S', 1],
    ],
  ],
  [
    'BDL-PAN',
    'First kitchen',
    'المطبخ الأول',
    'kitchen',
    6900,
    [
      ['KIT-POT', 1],
      ['KIT-PAN', 1],
      ['KIT-KNF', 1],
      ['KIT-BRD', 1],
    ],
  ],
  [
    'BDL-TBL',
    'Table for six',
    'مائدة لستة',
    'kitchen',
    3690,
    [
      ['KIT-PLT-6', 1],
      ['KIT-BWL-6', 1],
      ['KIT-SPN-6', 1],
    ],
  ],
  [
    'BDL-CLN',
    'Spring cleaning',
    'تنظيف الربيع',
    'cleaning',
    2390,
    [
      ['CLN-FLR-1', 1],
      ['CLN-GLS-1', 1],
      ['CLN-MOP', 1],
    ],
  ],
  [
    'BDL-BED',
    'Warm nights',
    'ليال دافئة',
    'home-textiles',
    8900,
    [
      ['TEX-BLK', 1],
      ['TEX-PIL', 2],
      ['TEX-SHT', 1],
    ],
  ],
  [
    'BDL-SCH',
    'Back to school',
    'العودة إلى المدرسة',
    'stationery',
    990,
    [
      ['STA-NTB-6', 1],
      ['STA-PEN-1', 4],
      ['STA-PCL-6', 1],
    ],
  ],
  [
    'BDL-PHN',
    'Phone protection',
    'حماية الهاتف',
    'accessories',
    890,
    [
      ['ACC-CAS', 1],
      ['ACC-GLS', 1],
    ],
  ],
  [
    'BDL-HMP',
    'Family hamper',
    'سلة العائلة',
    'sweets-and-nuts',
    2790,
    [
      ['BDL-TEA', 1],
      ['DAT-BRH-1000', 1],
      ['SWT-BAK-250', 1],
    ],
  ],
];

export const demoProducts: readonly DemoProduct[] = [
  ...[...food, ...household, ...wardrobe, ...devices].flatMap(productsOf),
  ...bundles.map(([sku, en, ar, category, cents, parts]): DemoProduct => {
    const rest = { brand: null, tax: 'standard', tracking: 'none', uom: 'pcs', options: [] } as const;
    return { sku, title: { en, ar }, category, type: 'bundle', cents, parts, ...rest };
  }),
];

function productsOf({ category, tax, type = 'goods', tracking: kept, uom = 'pcs', options = [], rows }: Shelf) {
  return rows.flatMap(([sku, en, ar, brand, cents, packs]): DemoProduct[] => {
    const tracking: DemoProduct['tracking'] = kept ?? 'none';
    const common = { brand, category, tax, type, tracking, uom, options, parts: [] } satisfies Partial<DemoProduct>;
    if (packs === undefined) return [{ ...common, sku, title: { en, ar }, cents }];
    return packs.map((size) => ({
      ...common,
      sku: `${sku}-${size.code}`,
      title: { en: `${en}, ${size.en}`, ar: `${ar} ${size.ar}` },
      cents: Math.round((cents * size.factor) / 5) * 5,
    }));
  });
}

/** What a price in cents is in dinars, to the note of 250, in the thousandths the currency is counted in. */
export function dinars(cents: number): string {
  return String(Math.max(250, Math.round((cents * 13.1) / 250) * 250) * 1000);
}

/** The n-th code below the prefix that GS1 keeps for demonstrations. */
export function demoBarcode(n: number): string {
  const digits = `952${String(n).padStart(9, '0')}`;
  return `${digits}${checkDigit(digits)}`;
}
