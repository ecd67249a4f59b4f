import type { MailTexts } from './mail-text.ts';

export const textsEn: MailTexts = {
  kinds: {
    confirmation: {
      subject: 'Confirm your email address',
      lead: 'Confirm {email} to finish signing up at {site}.',
      action: 'Confirm email address',
      note: 'If you did not sign up, ignore this mail. Without you the address stays unconfirmed.',
    },
    invite: {
      subject: 'You are invited to {site}',
      lead: 'An account at {site} was made for {email}. Accept the invitation to sign in for the first time.',
      action: 'Accept invitation',
      note: 'If you did not expect this, ignore this mail.',
    },
    magic_link: {
      subject: 'Sign in to {site}',
      lead: 'Sign in as {email}. You need no password.',
      action: 'Sign in',
      note: 'Pass this mail on to nobody: who has the link or the code can sign in. If you did not ask for it, ignore it.',
    },
    recovery: {
      subject: 'Reset your password',
      lead: 'Somebody asked to reset the password of {email} at {site}. Choose a new one.',
      action: 'Choose new password',
      note: 'If it was not you, ignore this mail. Your password stays as it is.',
    },
    email_change: {
      subject: 'Confirm the change of your email address',
      lead: 'Confirm that {newEmail} takes the place of {email} at {site}.',
      action: 'Confirm change',
      note: 'If you did not ask for this, do not confirm it, and change your password.',
    },
    reauthentication: {
      subject: 'Your confirmation code',
      lead: 'You are about to change something important at {site}. Enter this code there to go on.',
      note: 'If you are not changing anything, somebody may know your password: choose a new one.',
    },
    password_changed_notification: {
      subject: 'Your password was changed',
      lead: 'The password of {email} at {site} was changed.',
      note: 'If it was not you, reset your password at once.',
    },
    email_changed_notification: {
      subject: 'Your email address was changed',
      lead: 'The email address of your account at {site} was changed.',
      note: 'If it was not you, tell whoever runs {site} at once.',
    },
    phone_changed_notification: {
      subject: 'Your phone number was changed',
      lead: 'The phone number of your account {email} at {site} was changed.',
      note: 'If it was not you, reset your password at once.',
    },
    identity_linked_notification: {
      subject: 'A way to sign in was added',
      lead: 'A further way to sign in was linked to your account {email} at {site}.',
      note: 'If it was not you, remove it and reset your password at once.',
    },
    identity_unlinked_notification: {
      subject: 'A way to sign in was removed',
      lead: 'A way to sign in was removed from your account {email} at {site}.',
      note: 'If it was not you, reset your password at once.',
    },
    mfa_factor_enrolled_notification: {
      subject: 'A second factor was added',
      lead: 'Signing in to your account {email} at {site} can now ask for a second factor.',
      note: 'If it was not you, remove it and reset your password at once.',
    },
    mfa_factor_unenrolled_notification: {
      subject: 'A second factor was removed',
      lead: 'A second factor was removed from your account {email} at {site}.',
      note: 'If it was not you, reset your password at once.',
    },
    organisation_invite: {
      subject: 'You are invited to {organisation}',
      lead: 'You are invited to join {organisation} at {site}.',
      action: 'Accept invitation',
      note: 'If you did not expect this, ignore this mail.',
    },
  },
  orCode: 'Or enter this code:',
  code: 'Your code:',
  address: 'If the button does not work, open this address:',
  expiry: 'Good for one use within {duration}.',
  sentBy: '{site} sent this to {to}.',
  facts: {
    organisation: 'Organisation',
    inviter: 'Invited by',
    role: 'Role',
    expires: 'Good until',
    provider: 'Provider',
    factorType: 'Kind',
    friendlyName: 'Name',
    oldEmail: 'Before',
    newEmail: 'Now',
    oldPhone: 'Before',
    newPhone: 'Now',
  },
};
