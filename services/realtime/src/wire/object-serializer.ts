import { broadcastPayload, clientFrame, isObject, parseJson, type Serializer } from './frame.ts';

/** `vsn=1.0.0`: every frame is a JSON object. Bytes cannot be carried. */
export const objectSerializer: Serializer = {
  decode(data, isBinary) {
    const value = isBinary ? undefined : parseJson(data.toString());
    if (!isObject(value)) return null;
    return clientFrame(value['join_ref'], value['ref'], value['topic'], value['event'], value['payload']);
  },
  encode: ({ joinRef, ref, topic, event, payload }) =>
    `{"topic":${JSON.stringify(topic)},"event":${JSON.stringify(event)},"payload":${payload},` +
    `"ref":${JSON.stringify(ref)},"join_ref":${JSON.stringify(joinRef)}}`,
  encodeDelivery(delivery) {
    const payload = broadcastPayload(delivery);
    if (payload === null) return null;
    return objectSerializer.encode({ joinRef: null, ref: null, topic: delivery.topic, event: 'broadcast', payload });
  },
};
