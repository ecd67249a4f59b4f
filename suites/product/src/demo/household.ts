import { litres, sets, type Shelf } from './shelf.ts';

/** What a house needs. */
export const household: readonly Shelf[] = [
  {
    category: 'kitchen',
    tax: 'standard',
    rows: [
      ['KIT-IST', 'Tea glass', 'استكان شاي', 'Bayt', 120, sets],
      ['KIT-CUP', 'Coffee cup', 'فنجان قهوة', 'Bayt', 150, sets],
      ['KIT-PLT', 'Dinner plate', 'صحن طعام', 'Bayt', 340, sets],
      ['KIT-BWL', 'Soup bowl', 'وعاء حساء', 'Bayt', 290, sets],
      ['KIT-SPN', 'Tablespoon', 'ملعقة طعام', 'Bayt', 110, sets],
      ['KIT-KNF', 'Kitchen knife', 'سكين مطبخ', 'Hadid', 980],
      ['KIT-POT', 'Cooking pot 24 cm', 'قدر طبخ 24 سم', 'Hadid', 3490],
      ['KIT-PAN', 'Frying pan 28 cm', 'مقلاة 28 سم', 'Hadid', 2790],
      ['KIT-DAL', 'Brass coffee pot', 'دلة نحاس', 'Hadid', 4200],
      ['KIT-SAM', 'Samovar 3 l', 'سماور 3 لتر', 'Hadid', 8900],
      ['KIT-BRD', 'Cutting board', 'لوح تقطيع', 'Bayt', 1190],
      ['KIT-SCL', 'Kitchen scale', 'ميزان مطبخ', 'Noor', 1890],
    ],
  },
  {
    category: 'cleaning',
    tax: 'standard',
    rows: [
      ['CLN-DSH', 'Dish soap', 'سائل غسل الصحون', 'Naqi', 140, litres],
      ['CLN-FLR', 'Floor cleaner', 'منظف أرضيات', 'Naqi', 210, litres],
      ['CLN-GLS', 'Glass cleaner', 'منظف زجاج', 'Naqi', 190, litres],
      ['CLN-BLC', 'Bleach', 'قاصر', 'Naqi', 130, litres],
      ['CLN-LND', 'Laundry liquid', 'سائل غسيل', 'Naqi', 320, litres],
      ['CLN-SOA', 'Laurel soap', 'صابون غار', 'Naqi', 180, sets],
      ['CLN-SPG', 'Sponge', 'إسفنجة', 'Naqi', 60, sets],
      ['CLN-BRM', 'Broom', 'مكنسة يدوية', 'Naqi', 540],
      ['CLN-MOP', 'Mop with bucket', 'ممسحة مع سطل', 'Naqi', 1690],
    ],
  },
  {
    category: 'home-textiles',
    tax: 'standard',
    rows: [
      ['TEX-TWL', 'Bath towel', 'منشفة حمام', 'Warda', 990, sets],
      ['TEX-HND', 'Hand towel', 'منشفة يد', 'Warda', 450, sets],
      ['TEX-SHT', 'Double bed sheet', 'شرشف سرير مزدوج', 'Warda', 2190],
      ['TEX-PIL', 'Pillow', 'وسادة', 'Warda', 1290],
      ['TEX-BLK', 'Wool blanket', 'بطانية صوف', 'Warda', 4590],
      ['TEX-CRT', 'Blackout curtain', 'ستارة معتمة', 'Warda', 3390],
      ['TEX-RUG', 'Woven rug 120 × 180 cm', 'سجادة منسوجة 120 × 180 سم', 'Samawa', 7900],
    ],
  },
  {
    category: 'stationery',
    tax: 'standard',
    rows: [
      ['STA-NTB', 'Ruled notebook A5', 'دفتر مسطر A5', 'Waraq', 190, sets],
      ['STA-PEN', 'Ballpoint pen', 'قلم جاف', 'Waraq', 50, sets],
      ['STA-PCL', 'Pencil', 'قلم رصاص', 'Waraq', 40, sets],
      ['STA-RED', 'Reed pen for calligraphy', 'قصبة خط', 'Waraq', 350],
      ['STA-INK', 'Calligraphy ink', 'حبر خط', 'Waraq', 620],
      ['STA-PAP', 'Copy paper, 500 sheets', 'ورق استنساخ 500 ورقة', 'Waraq', 540],
      ['STA-STP', 'Stapler', 'كباسة', 'Waraq', 480],
      ['STA-FLD', 'Document folder', 'حافظة وثائق', 'Waraq', 120, sets],
    ],
  },
  {
    category: 'materials',
    tax: 'standard',
    uom: 'm',
    rows: [
      ['MAT-CAB', 'Copper cable 2.5 mm²', 'سلك نحاس 2.5 مم²', 'Hadid', 95],
      ['MAT-HOS', 'Garden hose', 'خرطوم حديقة', 'Hadid', 140],
      ['MAT-ROP', 'Nylon rope', 'حبل نايلون', 'Hadid', 60],
      ['MAT-FAB', 'Cotton fabric', 'قماش قطن', 'Warda', 450],
    ],
  },
];
