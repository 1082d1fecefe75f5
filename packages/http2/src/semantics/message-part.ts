/** The parts of a message that are header blocks, RFC 9113 §8.1. */
export const MessagePart = {
  REQUEST: 1,
  /** Informational or final. */
  RESPONSE: 2,
  TRAILERS: 3,
} as const;
export type MessagePart = (typeof MessagePart)[keyof typeof MessagePart];
Object.freeze(MessagePart);
