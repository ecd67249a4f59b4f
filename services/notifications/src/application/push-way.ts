import type { Outcome, QueuedMessage } from '../domain/message.ts';
import type { Delivery } from './deliver-message.ts';

/** Sends one message to one device. @throws {DeliveryFailure} */
export type PushWay = (delivery: Delivery, message: QueuedMessage) => Promise<Outcome>;
