import { defineTexts } from '../../texts/use-text.ts';

export const setupTexts = defineTexts(
  {
    title: 'Set up Ashlar',
    lead: 'The first account owns this instance and invites the others.',
    organisation: 'Organisation',
    organisationHint: 'Your company or team. It can be renamed.',
    create: 'Create the owner',
    passwordHint: 'At least {count} characters.',
    doneTitle: 'This instance has an owner',
    doneHint: 'Setup links work once. Sign in, or ask the owner to invite you.',
    signIn: 'Sign in',
    noTokenTitle: 'A link is missing',
    noTokenHint: 'Open the whole link that the server printed, or print a new one with “ashlar setup-link”.',
  },
  {
    title: 'إعداد Ashlar',
    lead: 'الحساب الأول يملك هذا الخادم ويدعو الآخرين.',
    organisation: 'المؤسسة',
    organisationHint: 'شركتك أو فريقك. يمكن تغيير الاسم لاحقًا.',
    create: 'أنشئ المالك',
    passwordHint: '{count} أحرف على الأقل.',
    doneTitle: 'لهذا الخادم مالك',
    doneHint: 'يعمل رابط الإعداد مرة واحدة. سجّل الدخول أو اطلب من المالك دعوتك.',
    signIn: 'تسجيل الدخول',
    noTokenTitle: 'الرابط ناقص',
    noTokenHint: 'افتح الرابط كاملًا كما طبعه الخادم، أو اطبع رابطًا جديدًا بالأمر ‎“ashlar setup-link”‎.',
  },
);
