import { defineTexts } from '../../texts/use-text.ts';

export const invitationTexts = defineTexts(
  {
    title: 'Join Ashlar',
    leadNew: 'You are invited. Choose a password; the address is the one the invitation was made for.',
    leadSignedIn: 'You are signed in as {email}. Accept the invitation with this account?',
    join: 'Join',
    accept: 'Accept',
    haveAccount: 'I have an account: sign in first',
    otherAccount: 'Sign in with another account',
    signInFirst: 'There is an account with that address. Sign in with it, and you come back here.',
    noTokenTitle: 'A link is missing',
    noTokenHint: 'Open the whole link you were sent, or ask for a new one.',
  },
  {
    title: 'الانضمام إلى Ashlar',
    leadNew: 'أنت مدعو. اختر كلمة مرور، والعنوان هو الذي صدرت الدعوة له.',
    leadSignedIn: 'سجّلت الدخول بالحساب {email}. أتقبل الدعوة بهذا الحساب؟',
    join: 'انضمام',
    accept: 'قبول',
    haveAccount: 'لديّ حساب: تسجيل الدخول أولًا',
    otherAccount: 'تسجيل الدخول بحساب آخر',
    signInFirst: 'لهذا العنوان حساب. سجّل الدخول به ثم تعود إلى هنا.',
    noTokenTitle: 'الرابط ناقص',
    noTokenHint: 'افتح الرابط كاملًا كما أُرسل إليك، أو اطلب رابطًا جديدًا.',
  },
);
