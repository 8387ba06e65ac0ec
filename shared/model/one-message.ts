// Which fields speak of the bytes of one message, and so of no other that they become part of? (RFC 9530 section 2)

/** Lower case. */
export const OF_ONE_MESSAGE: readonly string[] = ['content-digest', 'content-md5'];
