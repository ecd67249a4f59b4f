import type { Shelf, ShelfOption } from './shelf.ts';

const size: ShelfOption = {
  code: 'size',
  en: 'Size',
  ar: 'القياس',
  values: [
    ['S', 'Small', 'صغير'],
    ['M', 'Medium', 'متوسط'],
    ['L', 'Large', 'كبير'],
  ],
};
const colour: ShelfOption = {
  code: 'colour',
  en: 'Colour',
  ar: 'اللون',
  values: [
    ['WHT', 'White', 'أبيض'],
    ['NVY', 'Navy', 'كحلي'],
  ],
};
const shoeSize: ShelfOption = {
  code: 'size',
  en: 'Size',
  ar: 'القياس',
  values: [38, 40, 42, 44].map((number) => [String(number), String(number), String(number)]),
};

/** What is worn, in sizes and colours. */
export const wardrobe: readonly Shelf[] = [
  {
    category: 'men',
    tax: 'standard',
    options: [size, colour],
    rows: [
      ['MEN-TSH', 'Cotton T-shirt', 'تيشيرت قطن', 'Warda', 890],
      ['MEN-SHR', 'Linen shirt', 'قميص كتان', 'Warda', 2190],
      ['MEN-POL', 'Polo shirt', 'قميص بولو', 'Warda', 1690],
      ['MEN-TRS', 'Cotton trousers', 'بنطلون قطن', 'Warda', 2790],
      ['MEN-DIS', 'Dishdasha', 'دشداشة', 'Warda', 3490],
    ],
  },
  {
    category: 'women',
    tax: 'standard',
    options: [size, colour],
    rows: [
      ['WOM-BLS', 'Silk blouse', 'بلوزة حرير', 'Warda', 3290],
      ['WOM-SKT', 'Long skirt', 'تنورة طويلة', 'Warda', 2490],
      ['WOM-ABA', 'Embroidered abaya', 'عباءة مطرزة', 'Warda', 5900],
      ['WOM-CRD', 'Knitted cardigan', 'سترة محبوكة', 'Warda', 2690],
    ],
  },
  {
    category: 'children',
    tax: 'reduced',
    options: [size],
    rows: [
      ['KID-PYJ', 'Children’s pyjamas', 'بيجامة أطفال', 'Warda', 1390],
      ['KID-JKT', 'Children’s jacket', 'سترة أطفال', 'Warda', 2190],
      ['KID-SCH', 'School uniform', 'زي مدرسي', 'Warda', 1890],
    ],
  },
  {
    category: 'shoes',
    tax: 'standard',
    options: [shoeSize],
    rows: [
      ['SHO-SND', 'Leather sandals', 'صندل جلد', 'Khutwa', 2490],
      ['SHO-RUN', 'Running shoes', 'حذاء ركض', 'Khutwa', 4290],
      ['SHO-BOT', 'Work boots', 'جزمة عمل', 'Khutwa', 5490],
    ],
  },
];
