import type { Shelf } from './shelf.ts';

/** What has a plug or a battery, each piece known by its serial, and what belongs to it. */
export const devices: readonly Shelf[] = [
  {
    category: 'appliances',
    tax: 'standard',
    tracking: 'serial',
    rows: [
      ['APP-KTL', 'Electric kettle 1.7 l', 'غلاية كهربائية 1.7 لتر', 'Noor', 2490],
      ['APP-BLD', 'Blender 600 W', 'خلاط 600 واط', 'Noor', 3990],
      ['APP-RIC', 'Rice cooker 5 l', 'قدر رز كهربائي 5 لتر', 'Noor', 4490],
      ['APP-IRN', 'Steam iron', 'مكواة بخار', 'Noor', 3290],
      ['APP-FAN', 'Standing fan', 'مروحة عمودية', 'Noor', 3890],
      ['APP-AIR', 'Evaporative cooler 40 l', 'مبردة هواء 40 لتر', 'Noor', 12900],
      ['APP-HTR', 'Oil-filled radiator', 'مدفأة زيتية', 'Noor', 6900],
      ['APP-VAC', 'Vacuum cleaner 1800 W', 'مكنسة كهربائية 1800 واط', 'Noor', 8900],
    ],
  },
  {
    category: 'phones-and-tablets',
    tax: 'standard',
    tracking: 'serial',
    rows: [
      ['PHN-B1', 'Barq 1 phone 64 GB', 'هاتف برق 1 سعة 64 جيجابايت', 'Barq', 11900],
      ['PHN-B2', 'Barq 2 phone 128 GB', 'هاتف برق 2 سعة 128 جيجابايت', 'Barq', 18900],
      ['PHN-B2P', 'Barq 2 Plus phone 256 GB', 'هاتف برق 2 بلس سعة 256 جيجابايت', 'Barq', 24900],
      ['TAB-L8', 'Lawh tablet 8 inch', 'لوح إلكتروني 8 بوصة', 'Barq', 13900],
      ['TAB-L11', 'Lawh tablet 11 inch', 'لوح إلكتروني 11 بوصة', 'Barq', 21900],
    ],
  },
  {
    category: 'accessories',
    tax: 'standard',
    rows: [
      ['ACC-CHG', 'USB-C charger 30 W', 'شاحن USB-C بقدرة 30 واط', 'Barq', 1490],
      ['ACC-CBL', 'USB-C cable 1 m', 'كيبل USB-C بطول 1 متر', 'Barq', 490],
      ['ACC-PWR', 'Power bank 10,000 mAh', 'شاحن متنقل 10000 ملي أمبير', 'Barq', 1990],
      ['ACC-EAR', 'Wireless earphones', 'سماعات لاسلكية', 'Barq', 2990],
      ['ACC-CAS', 'Phone case', 'غطاء هاتف', 'Barq', 590],
      ['ACC-GLS', 'Screen protector', 'واقي شاشة', 'Barq', 390],
      ['ACC-BUL', 'LED bulb 9 W', 'مصباح LED بقدرة 9 واط', 'Noor', 190],
      ['ACC-EXT', 'Extension lead, 4 sockets', 'وصلة كهرباء 4 مآخذ', 'Noor', 890],
      ['ACC-BAT', 'AA batteries, pack of 4', 'بطاريات AA عدد 4', 'Noor', 290],
      ['ACC-TRC', 'Rechargeable torch', 'مصباح يدوي قابل للشحن', 'Noor', 1190],
    ],
  },
  {
    category: 'health',
    tax: 'zero',
    tracking: 'lot',
    rows: [
      ['HLT-VTC', 'Vitamin C 500 mg, 30 tablets', 'فيتامين C 500 ملغ 30 قرصا', 'Shifa', 490],
      ['HLT-VTD', 'Vitamin D3, 60 capsules', 'فيتامين D3 60 كبسولة', 'Shifa', 790],
      ['HLT-PLS', 'Plasters, box of 40', 'لاصق جروح 40 قطعة', 'Shifa', 250],
      ['HLT-BND', 'Elastic bandage', 'رباط ضاغط', 'Shifa', 310],
      ['HLT-SAN', 'Hand sanitiser 250 ml', 'معقم يدين 250 مل', 'Shifa', 220],
      ['HLT-MSK', 'Face masks, box of 50', 'كمامات 50 قطعة', 'Shifa', 380],
      ['HLT-TPS', 'Toothpaste', 'معجون أسنان', 'Shifa', 210],
      ['HLT-SHM', 'Olive oil shampoo', 'شامبو بزيت الزيتون', 'Shifa', 430],
    ],
  },
  {
    category: 'services-and-gifts',
    tax: 'standard',
    type: 'service',
    rows: [
      ['SRV-WRP', 'Gift wrapping', 'تغليف هدايا', null, 250],
      ['SRV-DLV', 'Home delivery', 'توصيل إلى المنزل', null, 400],
      ['SRV-ASM', 'Assembly at home', 'تركيب في المنزل', null, 1900],
      ['SRV-ENG', 'Name engraving', 'نقش الاسم', null, 600],
    ],
  },
  {
    category: 'services-and-gifts',
    tax: 'standard',
    type: 'digital',
    rows: [
      ['DIG-COK', 'Iraqi home cooking, e-book', 'الطبخ البيتي العراقي كتاب إلكتروني', 'Waraq', 690],
      ['DIG-CAL', 'Calligraphy course, videos', 'دورة خط عربي مصورة', 'Waraq', 2490],
    ],
  },
  {
    category: 'services-and-gifts',
    tax: 'zero',
    type: 'gift_card',
    rows: [
      ['GFT-10', 'Gift card 10 dollars', 'بطاقة هدية 10 دولارات', null, 1000],
      ['GFT-25', 'Gift card 25 dollars', 'بطاقة هدية 25 دولارا', null, 2500],
      ['GFT-50', 'Gift card 50 dollars', 'بطاقة هدية 50 دولارا', null, 5000],
    ],
  },
];
