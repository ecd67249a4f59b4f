export type { Contact, FindContact } from './application/contacts.ts';
export { notificationsContract } from './contract.ts';
export { createNotifications } from './create-notifications.ts';
export type { NotificationsOptions } from './create-notifications.ts';
